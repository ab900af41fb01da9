"""The four ways to say no, and the mark for texts that are translated when they are shown."""

from typing import Any


def N_(text: str) -> str:  # noqa: N802 (gettext's own name)
    """Mark a text for translation; it is translated where it is shown."""
    return text


class Refused(Exception):
    """The rules do not allow it. `code` is stable, `text` is marked with N_() and may name `facts` as %(name)s.

    `field` names the form field that the reader should mend, where there is one.
    """

    def __init__(self, code: str, text: str, *, field: str | None = None, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.field = field
        self.facts = facts

    def __str__(self) -> str:
        return self.text % self.facts if self.facts else self.text


class NotAllowed(Exception):
    """Somebody sees the thing but may not do this with it."""


class NotFound(Exception):
    """It does not exist, or this person may not know that it does."""


class Stale(Exception):
    """Somebody else has saved in between. `current` is the version that stands now."""

    def __init__(self, current: int) -> None:
        super().__init__(current)
        self.current = current
