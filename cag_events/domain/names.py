"""How much of a person's name is shown to those who need to know who is who, and no more."""


def short_name(name: str, letters: int = 1) -> str:
    """Return the first name and so many letters of the last: “Nurai Ü.”; a name of one word as it is."""
    first, *rest = name.split() or [""]
    return f"{first} {rest[-1][:letters]}." if rest else first
