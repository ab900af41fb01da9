"""Types and tables that several topics of a programme file share."""

import re
from typing import Final

from cag_events.exchange import fields as f
from cag_events.exchange.fields import Choice, Pattern, Text, Texts
from cag_events.exchange.shapes import Field, Table

NAME: Final = Texts()
LINE: Final = Text(200)
SHORT: Final = Text(40)
PROSE: Final = Texts(f.PROSE, prose=True)
WORD: Final = Pattern(re.compile(r"[a-z][a-z0-9_-]{0,39}"), "a word of small letters", may_be_empty=True)
SPOKEN: Final = Choice(f.SPOKEN_LANGUAGES)


def keyed(*fields: Field) -> Table:
    """Make a table whose rows are known by a key of their own; a row that names some fields changes those."""
    return Table((Field("key", f.KEY, required=True), *fields), merges=True)
