"""A series in feeds: one rule and its changed dates, read by other projects exactly as the event's dates are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask, current_app  # noqa: TID251 (own_dates() fetches as a subscriber)

from cag_events.accounts.models import Account
from cag_events.db import db, transaction
from cag_events.domain.event import Mode
from cag_events.domain.lifecycle import Status
from cag_events.domain.recurrence import Scope
from cag_events.events import records
from cag_events.events.drafts import fields_of, occurrences_of
from cag_events.events.fields import OccurrenceFields
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.events.services.moving import cancel_date, extend_series, keep_hour, move_date, restore_date
from cag_events.events.services.planning import edit_event
from cag_events.registrations.models import RegistrationOccurrence
from tests.calendars import Component, read_strictly
from tests.events.given import ORGANIZER
from tests.factories import make_account, make_event, make_partner, make_theme
from tests.feeds.reading import fetch
from tests.feeds.test_mine import make_token, register
from tests.readers import by_every_reader

RULE = "FREQ=WEEKLY;COUNT=4"


def series(**values: object) -> Event:
    """Four Tuesdays at six, over the end of summer time in March."""
    values = {"starts": "2027-03-16T18:00", "title": {"sv": "Cirkel", "en": "Circle"}, **values}
    return make_event(rrule=RULE, **values)


def ids(event: Event) -> list[int]:
    """Its dates in the order in which they were made."""
    db.session.expire_all()
    return sorted(row.id for row in occurrences_of(event.id))


def shift(event: Event, number: int, scope: Scope = Scope.THIS, **step: int) -> None:
    """Move one of the dates as the calendar does."""
    row, by = next(row for row in occurrences_of(event.id) if row.id == ids(event)[number]), timedelta(**step)
    starts, ends = datetime.fromisoformat(row.starts_wall) + by, datetime.fromisoformat(row.ends_wall) + by
    move_date(event.id, row.id, starts, ends, scope=scope, version=get_record(event.id).version, by=ORGANIZER)


def cancel(event: Event, number: int, scope: Scope = Scope.THIS) -> None:
    """Call off one of the dates."""
    reason = {"sv": "Snö.", "en": "Snow."}
    version = get_record(event.id).version
    cancel_date(event.id, ids(event)[number], reason, scope=scope, version=version, by=ORGANIZER)


def blocks(app: Flask) -> list[Component]:
    """The entries of the programme's feed."""
    return read_strictly(fetch(app.test_client()).data).components("VEVENT")


def told(block: Component) -> tuple[str, ...]:
    """What an entry says of when and whether."""
    return tuple(
        ",".join(one.value for one in block.all(name)) for name in ("RECURRENCE-ID", "DTSTART", "DTEND", "STATUS")
    )


def living(event: Event) -> list[tuple[datetime, datetime, bool]]:
    """When the dates are, and whether they are called off."""
    db.session.expire_all()
    return sorted((row.starts_at, row.ends_at, row.cancelled_on is not None) for row in occurrences_of(event.id))


def read(app: Flask) -> list[tuple[datetime, datetime, bool]]:
    """What every reader sees of the programme's feed."""
    found = by_every_reader(fetch(app.test_client()).data)
    return sorted((one.starts, one.ends, one.status == "CANCELLED") for one in found)  # type: ignore[misc]


def test_moved_date_is_an_override_of_the_series(any_ctx: Flask) -> None:
    event = series()

    shift(event, 1, days=1, hours=1)

    whole, moved = blocks(any_ctx)
    assert {block.one("UID").value for block in (whole, moved)} == {occurrences_of(event.id)[0].uid}
    assert whole.one("RRULE").value == RULE
    assert whole.all("EXDATE") == []
    assert told(moved) == ("20270323T180000", "20270324T190000", "20270324T203000", "CONFIRMED")
    assert moved.one("RECURRENCE-ID").parameters == {"TZID": "Europe/Stockholm"}
    assert moved.one("SUMMARY").text == "Circle"
    assert read(any_ctx) == living(event)


def test_cancelled_date_is_an_override_that_begins_with_its_reason(any_ctx: Flask) -> None:
    event = series()

    cancel(event, 2)

    whole, off = blocks(any_ctx)
    assert told(off) == ("20270330T180000", "20270330T180000", "20270330T193000", "CANCELLED")
    assert off.one("DESCRIPTION").text.startswith("Cancelled. Snow.")
    assert whole.all("EXDATE") == []
    assert read(any_ctx) == living(event)


@pytest.mark.parametrize(
    "change",
    [
        lambda event: shift(event, 0, days=2),
        lambda event: cancel(event, 0),
        lambda event: (shift(event, 1, days=1), shift(event, 3, Scope.ALL, hours=1)),
        lambda event: (cancel(event, 1), shift(event, 2, Scope.ALL, days=1)),
        lambda event: shift(event, 2, Scope.FOLLOWING, hours=1),
        lambda event: (shift(event, 3, days=1), shift(event, 2, Scope.FOLLOWING, days=-1)),
        lambda event: cancel(event, 2, Scope.FOLLOWING),
        lambda event: extend_series(event.id, ids(event)[0], "FREQ=WEEKLY;COUNT=6", version=1, by=ORGANIZER),
        lambda event: extend_series(event.id, ids(event)[0], "FREQ=WEEKLY;COUNT=2", version=1, by=ORGANIZER),
        lambda event: keep_hour(event.id, "Asia/Bishkek", version=1, by=ORGANIZER),
    ],
    ids=["first", "cancel first", "all", "all by a day", "following", "following back", "off", "more", "fewer", "hour"],
)
def test_every_reader_sees_exactly_the_dates_that_there_are(app_ctx: Flask, change: Callable[[Event], object]) -> None:
    event = series()

    change(event)

    assert read(app_ctx) == living(event)


@pytest.mark.parametrize("first", ["2027-03-20", "2027-03-27", "2027-10-16", "2027-10-30"])
def test_every_reader_ends_a_night_in_which_clocks_change_at_the_hour_that_was_said(app_ctx: Flask, first: str) -> None:
    event = series(starts=f"{first}T22:00", minutes=360)

    assert len({ends - starts for starts, ends, _off in living(event)}) == 2
    assert read(app_ctx) == living(event)


def test_change_of_one_date_raises_the_series_by_one_and_nothing_else(app_ctx: Flask) -> None:
    event, other = series(), make_event()
    first, second = (row.uid for one in (event, other) for row in occurrences_of(one.id)[:1])
    seen = [versions(app_ctx)]

    shift(event, 1, days=1)
    seen.append(versions(app_ctx))
    cancel(event, 2)
    seen.append(versions(app_ctx))
    restore_date(event.id, ids(event)[2], version=3, by=ORGANIZER)
    seen.append(versions(app_ctx))

    assert [found[first] for found in seen] == [{0}, {1}, {2}, {3}]
    assert [found[second] for found in seen] == [{0}] * 4


def versions(app: Flask) -> dict[str, set[int]]:
    """The SEQUENCEs of all entries by UID."""
    found: dict[str, set[int]] = {}
    for block in blocks(app):
        found.setdefault(block.one("UID").value, set()).add(int(block.one("SEQUENCE").value))
    return found


def test_parted_series_has_a_uid_of_its_own_and_the_old_one_ends_by_its_rule(app_ctx: Flask) -> None:
    event = series()
    rows = occurrences_of(event.id)

    shift(event, 2, Scope.FOLLOWING, hours=1)

    one, two = blocks(app_ctx)
    assert [block.one("RRULE").value for block in (one, two)] == ["FREQ=WEEKLY;COUNT=2"] * 2
    assert one.one("UID").value == rows[0].uid
    assert two.one("UID").value not in {row.uid for row in rows}
    assert [block.all("EXDATE") + block.all("RECURRENCE-ID") for block in (one, two)] == [[], []]


def test_date_taken_out_of_a_draft_is_left_out_and_not_called_off(app_ctx: Flask) -> None:
    event = series(status=Status.DRAFT, published_at=None)
    asked = fields_of(event)
    kept = (*asked.occurrences[:2], asked.occurrences[3])
    edit_event(event.id, replace(asked, occurrences=kept), version=1, by=ORGANIZER)
    with transaction():
        db.session.get_one(Event, event.id).status = Status.PUBLISHED
        records.refresh([event.id])

    (whole,) = blocks(app_ctx)

    assert [one.value for one in whole.all("EXDATE")] == ["20270330T180000"]
    assert read(app_ctx) == living(event)


def own_dates(account: Account, event: Event, numbers: list[int], **feed: object) -> list[tuple[str, datetime, str]]:
    """What a reader sees in the own feed of somebody who comes to some of the dates."""
    registration = register(account, event)
    with transaction():
        for row in db.session.query(RegistrationOccurrence).filter_by(registration_id=registration.id):
            if row.occurrence_id not in [ids(event)[number] for number in numbers]:
                db.session.delete(row)
    token = make_token(account, with_registrations=True, **feed)
    response = current_app.test_client().get(f"/feeds/private/{token}.ics")
    return [(one.uid, one.starts, one.status) for one in by_every_reader(response.data)]  # type: ignore[misc]


@pytest.mark.parametrize("numbers", [[0], [1], [0, 2], [0, 1, 2, 3]])
def test_own_feed_holds_each_date_once_beside_the_programme(app_ctx: Flask, numbers: list[int]) -> None:
    event = series(per_occurrence=True)
    cancel(event, 1)

    found = own_dates(make_account(), event, numbers)

    assert sorted(starts for _uid, starts, _status in found) == [starts for starts, _end, _off in living(event)]


def test_own_feed_without_the_programme_holds_the_own_dates_alone(app_ctx: Flask) -> None:
    event, theme = series(per_occurrence=True), make_theme(key="seas")

    found = own_dates(make_account(), event, [0, 2], filters={"theme": [theme.key]})

    assert [starts for _uid, starts, _status in found] == [living(event)[0][0], living(event)[2][0]]


def test_series_tells_from_which_date_it_is_at_another_hour_elsewhere(app_ctx: Flask) -> None:
    event = series(mode=Mode.HYBRID, partners=[make_partner(country="KG")])
    cancel(event, 3)

    whole, off = blocks(app_ctx)

    text = whole.one("DESCRIPTION").text
    assert "Tue 16 Mar 2027, 23:00–00:30, from Tue 30 Mar 2027 22:00–23:30 (Bishkek)" in text
    assert "from" not in off.one("DESCRIPTION").text


def test_series_without_a_change_of_clocks_tells_one_hour_elsewhere(app_ctx: Flask) -> None:
    series(starts="2027-01-12T12:00", mode=Mode.HYBRID, partners=[make_partner(country="KG")])

    (whole,) = blocks(app_ctx)

    assert "\n17:00–18:30 (Bishkek)" in whole.one("DESCRIPTION").text


def test_one_series_of_several_keeps_its_hour_elsewhere_and_the_other_its_instants(app_ctx: Flask) -> None:
    event = series()
    with transaction():
        fields = fields_of(event)
        starts = datetime(2027, 3, 18, 12)
        other = OccurrenceFields(starts_wall=starts, ends_wall=starts + timedelta(minutes=90), rrule=RULE)
        edit_event(
            event.id, replace(fields, occurrences=(*fields.occurrences, other)), version=event.version, by=ORGANIZER
        )
    first, second = (row.id for row in sorted(occurrences_of(event.id), key=lambda row: row.id) if row.rrule)
    instants = {row.id: row.starts_at for row in occurrences_of(event.id)}

    keep_hour(event.id, "Asia/Bishkek", series=first, version=get_record(event.id).version, by=ORGANIZER)

    db.session.expire_all()
    after = occurrences_of(event.id)
    assert {row.starts_wall[11:] for row in after if first in (row.id, row.series_of)} == {"23:00"}
    others = [row for row in after if second in (row.id, row.series_of)]
    assert [row.starts_at for row in others] == [instants[row.id] for row in others]
    assert len({row.starts_wall[11:] for row in others}) == 2
    assert read(app_ctx) == living(event)
