"""What keeps a talk from being published beside the rules of its kind: a licence used elsewhere, terms of others."""

from collections.abc import Iterator
from datetime import datetime

from cag_events.domain.culture import terms_on
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord
from cag_events.talks.queries import MINUTE, culture_of, every_term, film_of, licence_standing


def rules(record: EventRecord, _now: datetime) -> Iterator[Refused]:
    """Yield what does not hold."""
    yield from _licence(record)
    yield from _culture(record)


def _licence(record: EventRecord) -> Iterator[Refused]:
    film, standing = film_of(record), licence_standing(record)
    if film is None or standing is None or not film.licence.key:
        return
    if standing.allowed is not None and standing.excess:
        yield Refused(
            "screening.showings_together",
            N_("All events under the licence %(key)s show the film %(used)s times; it allows %(allowed)s."),
            field="kind-film-licence-key",
            key=film.licence.key,
            used=standing.used,
            allowed=standing.allowed,
        )
    own = {one.starts_wall.date() for one in record.living}
    late = [day for day in standing.too_late if day in own]
    if late and standing.valid_until and film.licence.valid_until is None:
        yield Refused(
            "screening.licence_over",
            N_("The licence is valid until %(until)s, and the film is shown on %(day)s."),
            field="kind-film-licence-valid_until",
            until=standing.valid_until.isoformat(),
            day=late[0].isoformat(),
        )


def _culture(record: EventRecord) -> Iterator[Refused]:
    association = culture_of(record)
    if association is None:
        return
    every = every_term()
    for part in record.living:
        terms = terms_on(every, part.starts_wall.date(), association)
        if terms is not None and part.ends_at - part.starts_at < terms.minutes * MINUTE:
            yield Refused(
                "culture.short",
                N_("A cultural programme lasts at least %(least)s minutes."),
                field="occurrences",
                least=terms.minutes,
            )
            return
