"""Rules that several kinds share, for their publish gates."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord, RegistrationMode
from cag_events.kinds._kind import Draft


def minutes_of(record: EventRecord) -> int:
    """Return how long all occurrences last together, in minutes."""
    return sum(int((part.ends_at - part.starts_at) / timedelta(minutes=1)) for part in record.occurrences)


def agenda_fits(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """An agenda fills its occurrences to the minute, and names people of the event."""
    record = draft.record
    if not record.agenda:
        return
    planned, there = sum(item.minutes for item in record.agenda), minutes_of(record)
    if planned != there:
        yield Refused(
            "agenda.minutes",
            N_("The agenda is %(planned)s minutes long, the event %(there)s."),
            field="agenda",
            planned=planned,
            there=there,
        )
    strangers = {who for item in record.agenda for who in item.who} - {person.key for person in record.people}
    if strangers:
        yield Refused(
            "agenda.people",
            N_("The agenda names people who are not among those who take part: %(who)s."),
            field="people",
            who=", ".join(sorted(strangers)),
        )


def has_role(record: EventRecord, *roles: str) -> bool:
    """Tell whether somebody takes part in one of these roles."""
    return any(person.role in roles for person in record.people)


def takes_registrations(record: EventRecord) -> bool:
    """Tell whether seats are given by registration."""
    return record.registration.mode is not RegistrationMode.NONE
