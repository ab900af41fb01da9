"""Calendars that others made: fetched safely, read with patience, taken into the programme as drafts."""
