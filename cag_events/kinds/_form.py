"""The base of a kind's part of the editor."""

from typing import Any

from wtforms import Form


class KindForm(Form):
    """A kind's part of the editor: shown by its `_form.html`, enclosed with the prefix `kind-`.

    `load()` fills it from details, `read()` gives them back; works with empty rows at the end instead of scripts.
    """

    def load(self, details: Any) -> None:
        """Fill the fields from the kind's details."""
        raise NotImplementedError

    def read(self) -> Any:
        """Return what was typed as the kind's details; call it after validate()."""
        raise NotImplementedError
