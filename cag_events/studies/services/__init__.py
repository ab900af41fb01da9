"""What the studies room does: take attendance, keep readings, keep the terms of funding, delete in time."""

from cag_events.studies.services.attendance import Marks, delete_due, erase, take_attendance
from cag_events.studies.services.readings import copy_files, remove_file, upload_file
from cag_events.studies.services.terms import remove_terms, save_terms

__all__ = [
    "Marks",
    "copy_files",
    "delete_due",
    "erase",
    "remove_file",
    "remove_terms",
    "save_terms",
    "take_attendance",
    "upload_file",
]
