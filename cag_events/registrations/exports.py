"""The list of registrations as CSV and XLSX: no cell is ever a formula, sensitive answers are left out."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain

import msgspec

from cag_events.domain.event import EventRecord
from cag_events.registrations.models import Registration

COLUMNS = (
    "code",
    "name",
    "email",
    "segment",
    "party",
    "mode",
    "status",
    "registered_at",
    "checked_in_at",
    "organisation",
)
QUESTIONS = {
    "first_time": "first_time",
    "how_heard": "how_heard",
    "language": "language",
    "id_name": "id_name",
    "role_wish": "wish",
    "photo": "consent_photo",
}
_STARTS_FORMULA = frozenset("=+-@|＝＋－＠｜")
_BREAKS = str.maketrans(dict.fromkeys("\r\n\v\f\x85\u2028\u2029", " "))
BOM = "\ufeff"


def header(record: EventRecord) -> list[str]:
    """Return the names of the columns: the fixed ones, one per question of the event, and the consent to mails."""
    return [*COLUMNS, *(name for ask, name in QUESTIONS.items() if ask in record.registration.ask), "consent_contact"]


def rows(
    registrations: Iterable[Registration], record: EventRecord, segments: dict[int, str]
) -> Iterator[list[str | int]]:
    """Yield a row of cells for each registration; `segments`: keys by id."""
    names = header(record)
    for registration in registrations:
        cells = _cells(registration, segments)
        yield [cells[name] for name in names]


def csv_lines(names: Sequence[str], cells: Iterable[Sequence[str | int]]) -> Iterator[str]:
    """Yield a CSV file line by line: everything quoted, UTF-8 with a mark, made harmless for spreadsheets."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    buffer.write(BOM)
    for row in chain([names], cells):
        writer.writerow([harmless(str(cell)) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def xlsx(names: Sequence[str], cells: Iterable[Sequence[str | int]], title: str) -> bytes:
    """Return an XLSX file, made in memory alone; every text is a text, never a formula or a link."""
    import xlsxwriter  # noqa: PLC0415 (heavy, and only exports need it)

    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True})
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, bold)
    for number, row in enumerate(cells, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(number, column, cell)
            else:
                sheet.write_string(number, column, cell)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(sheet.dim_rowmax or 0, 1), len(names) - 1)
    book.close()
    return file.getvalue()


def harmless(cell: str) -> str:
    """Return a CSV cell that no spreadsheet takes for a formula: an apostrophe goes before what could begin one."""
    begins = cell[:1] in ("\t", "\r", "\n")
    text = cell.translate(_BREAKS)
    visible = next((c for c in text if not _is_invisible(c)), "")
    return f"'{text}" if begins or visible in _STARTS_FORMULA else text


def _is_invisible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf")


def _cells(registration: Registration, segments: dict[int, str]) -> dict[str, str | int]:
    answers = msgspec.json.decode(registration.answers) if registration.answers else {}
    return {
        "code": registration.code,
        "name": registration.name or "",
        "email": registration.email or "",
        "segment": segments.get(registration.segment_id or 0, ""),
        "party": registration.party,
        "mode": registration.mode.value,
        "status": registration.status.value,
        "registered_at": _instant(registration.registered_at),
        "checked_in_at": _instant(registration.checked_in_at),
        "organisation": str(answers.get("organisation", "")),
        "first_time": {True: "yes", False: "no", None: ""}[registration.first_time],
        "how_heard": str(answers.get("how_heard", "")),
        "language": str(answers.get("language", "")),
        "id_name": str(answers.get("id_name", "")),
        "wish": ", ".join(answers.get("wish", [])),
        "consent_photo": "yes" if registration.consent_photo else "no",
        "consent_contact": "yes" if registration.consent_contact else "no",
    }


def _instant(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else ""
