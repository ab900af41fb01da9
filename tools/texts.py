"""Collects the texts of the program, keeps the catalogues in step and compiles them.

`python tools/texts.py` updates them; with `--check` it changes nothing and fails if anything is missing, left over,
untranslated, fuzzy or not compiled. English texts are the message ids themselves.
"""

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cag_events"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "N_": None, "ngettext": (1, 2), "N_n": (1, 2)}
LANGUAGES = ("sv", "en")


def collected() -> dict[str, str | tuple[str, str]]:
    """Return every text of the program: message id → the id, or the pair of singular and plural."""
    found: dict[str, str | tuple[str, str]] = {}
    for _file, _line, text, _comments, _context in extract_from_dir(str(PACKAGE), METHODS, keywords=KEYWORDS):
        if isinstance(text, tuple):
            found[text[0]] = (text[0], text[1])
        elif text:
            found.setdefault(text, text)
    return dict(sorted(found.items()))


def catalogue(language: str, texts: dict[str, str | tuple[str, str]]) -> Catalog:
    """Return the catalogue of a language with exactly these texts; translations that it has are kept."""
    path = po_path(language)
    old = read_po(BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)
    new = Catalog(locale=language, project="cag_events", version="1", fuzzy=False)
    for key, text in texts.items():
        known = old.get(key)
        string = (known.string if known else None) or ("" if isinstance(text, str) else ("", ""))
        new.add(text, text if language == "en" else string)
    return new


def po_path(language: str) -> Path:
    """Return where the catalogue of a language is kept."""
    return PACKAGE / "translations" / language / "LC_MESSAGES" / "messages.po"


def written(catalog: Catalog) -> bytes:
    """Return a catalogue as its file holds it: no dates, no places, sorted, so that only texts make a difference."""
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    file = BytesIO()
    write_po(file, catalog, sort_output=True, no_location=True, width=110)
    return file.getvalue()


def strings(message: Message) -> tuple[str, ...]:
    """Return all forms of a translation."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def check() -> list[str]:
    """Return what is wrong with the catalogues, a line each."""
    faults = []
    texts = collected()
    for language in LANGUAGES:
        catalog = catalogue(language, texts)
        if not po_path(language).exists() or po_path(language).read_bytes() != written(catalog):
            faults.append(f"{language}: the catalogue is not in step with the texts: run make texts")
        faults += [f"{language}: not translated: {m.id!r}" for m in catalog if m.id and not all(strings(m))]
        faults += [f"{language}: placeholders differ: {m.id!r}" for m in catalog if m.id and list(m.check(catalog))]
        compiled = po_path(language).with_suffix(".mo")
        if not compiled.exists() or _texts_of(compiled) != {_key(m): strings(m) for m in catalog if m.id}:
            faults.append(f"{language}: the compiled catalogue is old: run make texts")
    return faults


def _texts_of(compiled: Path) -> dict[str, tuple[str, ...]]:
    with compiled.open("rb") as file:
        return {_key(message): strings(message) for message in read_mo(file) if message.id}


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def update() -> int:
    """Write the catalogues anew; return how many texts are not translated."""
    texts = collected()
    missing = 0
    for language in LANGUAGES:
        catalog = catalogue(language, texts)
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(catalog))
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
        missing += sum(1 for message in catalog if message.id and not all(strings(message)))
    return missing


if __name__ == "__main__":
    if "--check" in sys.argv:
        wrong = check()
        sys.exit("\n".join(wrong[:40]) if wrong else 0)
    left = update()
    print(f"{left} texts are not translated" if left else "all texts are translated")
