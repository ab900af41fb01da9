"""Joins the style sheets of pages that would ask for too many (static/joined/), so that they ask once.

`python tools/joined.py` writes them anew; with `--check` it changes nothing and fails where one is not as its parts.
"""

import sys
from pathlib import Path

STATIC = Path(__file__).parent.parent / "cag_events" / "static"
JOINED = {
    "joined/calendar.css": (
        "css/workspace.css",
        "vendor/event-calendar-5.10.1/event-calendar.min.css",  # in no layer, and before what changes its looks
        "css/calendar.css",
    ),
}


def joined(parts: tuple[str, ...]) -> str:
    """Return style sheets one after the other, each under its name."""
    texts = (f"/* {part} */\n{(STATIC / part).read_text('utf-8').rstrip()}\n" for part in parts)
    return "/* Written by tools/joined.py: change the parts. */\n" + "".join(texts)


def stale() -> list[str]:
    """Return those that are not what their parts say."""
    return [
        name
        for name, parts in JOINED.items()
        if not (STATIC / name).exists() or (STATIC / name).read_text("utf-8") != joined(parts)
    ]


def main() -> int:
    """Write them, or say which are stale."""
    if "--check" in sys.argv:
        print("\n".join(f"{name} is not what its parts say: run python tools/joined.py" for name in stale()), end="")
        return 1 if stale() else 0
    for name in stale():
        (STATIC / name).parent.mkdir(exist_ok=True)
        (STATIC / name).write_text(joined(JOINED[name]), "utf-8")
        print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
