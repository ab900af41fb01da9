"""Keeps the PDF files among an event's readings: told by their signature, served only as downloads."""

import hashlib
from dataclasses import replace

from sqlalchemy import delete, select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.slugs import first_free
from cag_events.events import records
from cag_events.events.drafts import fields_of
from cag_events.events.models import Event
from cag_events.events.queries import lock_event
from cag_events.events.services import edit_event
from cag_events.kinds import read_details, write_details
from cag_events.kinds.study_session import StudySession
from cag_events.permissions import Actor, Permission, require
from cag_events.studies.models import ReadingFile
from cag_events.studies.queries import find_file, list_files

MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 60
SIGNATURE = b"%PDF-"


def upload_file(event_id: int, reading: int, content: bytes, *, by: Actor) -> str:
    """Keep a PDF as the file of a reading, by its place from 0; one that it had is replaced. Returns its name.

    Raises NotFound, NotAllowed, Refused reading.empty, .large, .pdf, .many. Saves the event where it names it anew.
    """
    with transaction():
        event = lock_event(event_id)
        require(by, Permission.EVENT_EDIT)
        details = _details(event)
        if not 0 <= reading < len(details.study.readings):
            raise NotFound(reading)
        _require_pdf(content)
        row = details.study.readings[reading]
        taken = {file.name for file in list_files(event_id)}
        name = row.file or first_free(row.title, taken)
        if name not in taken and len(taken) >= MOST_FILES:
            raise Refused("reading.many", N_("There are very many files already. Remove some first."), field="file")
        file = find_file(event_id, name)
        if file is None:
            file = ReadingFile(event_id=event_id, name=name)
            db.session.add(file)
        file.content, file.size, file.sha256 = content, len(content), hashlib.sha256(content).digest()
        file.uploaded_at, file.account_id = clock.now(), by.account_id
        db.session.flush()
        if row.file != name:
            _name(event, details, reading, name, by)
        else:
            records.raise_version()
    return name


def remove_file(event_id: int, name: str, *, by: Actor) -> None:
    """Delete a file; readings that name it name none. Raises NotFound, NotAllowed."""
    with transaction():
        event = lock_event(event_id)
        require(by, Permission.EVENT_EDIT)
        if find_file(event_id, name) is None:
            raise NotFound(name)
        db.session.execute(delete(ReadingFile).where(ReadingFile.event_id == event_id, ReadingFile.name == name))
        details = _details(event)
        for place, row in enumerate(details.study.readings):
            if row.file == name:
                _name(event, _details(event), place, "", by)
        records.raise_version()


def copy_files(from_id: int, to_id: int, _days: int) -> None:
    """Give a copy of an event the files that its readings name, within the writing unit."""
    for row in db.session.scalars(select(ReadingFile).where(ReadingFile.event_id == from_id)):
        db.session.add(
            ReadingFile(
                event_id=to_id,
                name=row.name,
                size=row.size,
                sha256=row.sha256,
                content=row.content,
                uploaded_at=row.uploaded_at,
                account_id=row.account_id,
            )
        )
    db.session.flush()


def _details(event: Event) -> StudySession:
    details = read_details(event.kind, event.details)
    if not isinstance(details, StudySession):
        raise NotFound("readings")
    return details


def _require_pdf(content: bytes) -> None:
    if not content:
        raise Refused("reading.empty", N_("Choose a file."), field="file")
    if len(content) > MOST_BYTES:
        raise Refused("reading.large", N_("A file has at most 10 MB."), field="file")
    if not content.startswith(SIGNATURE):
        raise Refused("reading.pdf", N_("This is no PDF. Save it as a PDF, then choose it again."), field="file")


def _name(event: Event, details: StudySession, reading: int, name: str, by: Actor) -> None:
    """Have a reading name a file, as the editor would, so that it stands in the event's history."""
    readings = list(details.study.readings)
    readings[reading] = replace(readings[reading], file=name)
    changed = replace(details, study=replace(details.study, readings=tuple(readings)))
    fields = replace(fields_of(event), details=write_details(event.kind, changed))
    edit_event(event.id, fields, version=event.version, by=by)
