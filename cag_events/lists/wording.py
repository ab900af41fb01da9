"""Words for lists and what can be chosen about them."""

from cag_events.domain.errors import N_
from cag_events.domain.labels import Sheet

SHEETS = {
    Sheet.EIGHT: N_("8 labels, 2 × 4 (99 × 68 mm)"),
    Sheet.TEN: N_("10 labels, 2 × 5 (99 × 57 mm)"),
}
SORTS = {"first": N_("By first name"), "last": N_("By last name")}
FORMATS = {"xlsx": N_("Excel (XLSX)"), "csv": N_("CSV")}
ROWS = {"party": N_("One row for each registration"), "person": N_("One row for each person")}
VISITORS = ("visitors.printed", "visitors.taken", "visitors.handed")
"""Acts about the list for the venue."""
