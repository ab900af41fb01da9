"""Tables to take along, as CSV and XLSX: no cell is ever a formula, å ä ö and Cyrillic come out right."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from flask import Response, stream_with_context

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOM = "\ufeff"
_STARTS_FORMULA = frozenset("=+-@|＝＋－＠｜")
_BREAKS = str.maketrans(dict.fromkeys("\r\n\v\f\x85\u2028\u2029", " "))

Cell = str | int | float


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Answer with a CSV file; `name`: of the file, without its ending, of ASCII letters, digits and hyphens."""
    lines = csv_lines(columns, rows)
    return Response(stream_with_context(lines), mimetype="text/csv", headers=_headers(f"{name}.csv"))


def xlsx_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]], title: str) -> Response:
    """Answer with a workbook of one sheet, called `title`."""
    return Response(xlsx(columns, rows, title), mimetype=XLSX, headers=_headers(f"{name}.xlsx"))


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield a CSV file line by line: everything quoted, UTF-8 with a mark, made harmless for spreadsheets."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    buffer.write(BOM)
    for row in chain([columns], rows):
        writer.writerow([harmless(cell) if isinstance(cell, str) else str(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def xlsx(columns: Sequence[str], rows: Iterable[Sequence[Cell]], title: str) -> bytes:
    """Return an XLSX file, made in memory alone; every text is a text, never a formula or a link."""
    import xlsxwriter  # noqa: PLC0415 (heavy, and only exports need it)

    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True})
    for column, name in enumerate(columns):
        sheet.write_string(0, column, name, bold)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, cell)
            else:
                sheet.write_number(number, column, cell)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(sheet.dim_rowmax or 0, 1), len(columns) - 1)
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


def _headers(file: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{file}"', "Cache-Control": "no-store"}
