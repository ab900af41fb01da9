"""Loading: inserts and updates by key, touches nothing else, keeps ids, all or nothing, on both databases."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select

from cag_events import clock
from cag_events.accounts.models import Account, Organisation, WebSession
from cag_events.db import db, transaction
from cag_events.domain.lifecycle import Status
from cag_events.events.models import Event, EventRevision, Occurrence, ProgrammeVersion, Room, Theme, Venue
from cag_events.events.queries import find_record
from cag_events.exchange.faults import BadFile
from cag_events.exchange.fields import jsonable
from cag_events.exchange.files import parse, to_json, to_toml
from cag_events.exchange.models import Kept
from cag_events.exchange.services import Receipt, export, load
from cag_events.exchange.tables import ROWS
from cag_events.permissions import ANONYMOUS
from cag_events.registrations.models import Registration
from cag_events.registrations.services import NewRegistration, register
from tests.conftest import NOW
from tests.events.given import facts
from tests.exchange.programmes import demo, small, source

LATER = NOW + dt.timedelta(days=1)


def all_rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, so that two states can be compared."""
    db.session.rollback()
    names = sorted(name for name in inspect(db.engine).get_table_names() if not name.startswith(("search_", "sqlite_")))
    with db.engine.connect() as connection:
        return {
            name: sorted(map(tuple, connection.exec_driver_sql(f'SELECT * FROM "{name}"')), key=repr) for name in names
        }


def reload(tables: dict[str, Any]) -> Receipt:
    """Load a day later, so that what is touched can be told."""
    with clock.fixed(LATER):
        return load([source(tables)])


def event_row(key: str = "talk") -> Event:
    return db.session.scalars(select(Event).where(Event.key == key).execution_options(populate_existing=True)).one()


def parts_of(key: str = "talk") -> list[Occurrence]:
    query = select(Occurrence).join(Event).where(Event.key == key).order_by(Occurrence.starts_at)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def test_load_takes_the_demo_and_counts_its_rows(any_ctx: Flask) -> None:
    receipt = load([source(demo())])

    assert receipt == Receipt(new={table: len(demo()[table]) for table in ROWS})


def test_load_changes_no_row_when_the_demo_is_loaded_again(any_ctx: Flask) -> None:
    load([source(demo())])
    before = all_rows()

    receipt = reload(demo())

    assert all_rows() == before
    assert receipt == Receipt(same={table: len(demo()[table]) for table in ROWS})


@pytest.mark.parametrize("form", ["toml", "json"])
def test_load_of_an_export_changes_no_row(any_ctx: Flask, form: str) -> None:
    load([source(demo())])
    before = all_rows()
    text = to_toml(export()) if form == "toml" else to_json(export())

    receipt = reload(parse(text, "export", is_json=form == "json"))

    assert all_rows() == before
    assert receipt == Receipt(same={table: len(demo()[table]) for table in ROWS})


def test_load_of_an_export_makes_the_same_programme_elsewhere(any_ctx: Flask, app: Flask) -> None:
    load([source(demo())])
    exported = export()

    with app.app_context():
        load([source(parse(to_toml(exported), "export", is_json=False))])
        again = export()

    assert again == exported


def test_export_writes_the_same_as_toml_and_json(app_ctx: Flask) -> None:
    load([source(demo())])
    tables = export()

    from_toml = jsonable(parse(to_toml(tables), "x", is_json=False))

    assert from_toml == parse(to_json(tables), "x", is_json=True)


def test_export_carries_every_field_of_the_demo(app_ctx: Flask) -> None:
    tables = demo()
    anchor = tables["meta"]["anchor"]
    load([source(tables)])

    missing = list(_missing(_dated(tables, anchor), export(), ""))

    secrets = [path for path in missing if ".brief" in path or ".dial_in" in path]  # taken in, never given out
    assert missing == secrets
    assert len(secrets) > 10


def test_load_moves_everything_when_another_anchor_is_given(app_ctx: Flask) -> None:
    load([source(demo())], anchor=dt.date(2027, 11, 22))

    occurrence = db.session.scalars(select(Occurrence).join(Event).where(Event.key == "vald-ar-inte-tradition")).one()
    assert occurrence.starts_wall == "2027-11-24T18:00"


def test_load_stores_wall_time_zone_and_instant(app_ctx: Flask) -> None:
    load([source(demo())])

    (talk,) = parts_of("atta-mars-bisjkek")
    assert (talk.tz, talk.starts_wall) == ("Asia/Bishkek", talk.starts_wall)
    assert talk.starts_at.isoformat() == f"{talk.starts_wall[:10]}T{int(talk.starts_wall[11:13]) - 6:02}:00:00+00:00"


def test_load_makes_the_dates_of_a_series(app_ctx: Flask) -> None:
    load(
        [
            source(
                small(
                    occurrences=[
                        {"date": "2027-03-17", "start": "18:00", "end": "20:00", "rrule": "FREQ=WEEKLY;COUNT=3"}
                    ]
                )
            )
        ]
    )

    first, *others = parts_of()
    assert [part.starts_wall for part in (first, *others)] == [
        "2027-03-17T18:00",
        "2027-03-24T18:00",
        "2027-03-31T18:00",
    ]
    assert [part.starts_at.hour for part in (first, *others)] == [17, 17, 16]
    assert (first.series_of, [part.series_of for part in others]) == (None, [first.id, first.id])


def test_load_says_only_what_changes_of_a_row_that_exists(app_ctx: Flask) -> None:
    load([source(small(food="lunch"))])

    receipt = reload({"events": [{"key": "talk", "registration": {"capacity": 12}}]})

    event = event_row()
    assert receipt == Receipt(changed={"events": 1})
    assert (event.capacity, event.registration_mode, event.food, event.title) == (
        12,
        "open",
        "lunch",
        {"sv": "Samtal", "en": "Talk"},
    )


def test_load_empties_a_field_that_is_given_empty(app_ctx: Flask) -> None:
    load([source(small(food="lunch", summary={"sv": "Kort"}, people=[{"who": "ada", "role": "speaker"}]))])

    reload({"events": [{"key": "talk", "food": "", "summary": {}, "people": [], "room": ""}]})

    event, record = event_row(), find_record("talk")
    assert record is not None
    assert (event.food, event.summary, event.room_id, record.people) == ("", {}, None, ())


def test_load_raises_version_and_revision_of_a_published_event_that_changed(app_ctx: Flask) -> None:
    load([source(small())])
    before = event_row()
    assert (before.version, before.revision, before.changed_at) == (1, 1, NOW)

    reload({"events": [{"key": "talk", "food": "snack"}]})

    after = event_row()
    assert (after.version, after.revision, after.changed_at, after.published_at) == (2, 2, LATER, NOW)
    assert list(db.session.scalars(select(EventRevision.version).order_by(EventRevision.version))) == [1, 2]


def test_load_keeps_the_revision_of_a_draft_at_nought(app_ctx: Flask) -> None:
    load([source(small(status="draft"))])
    reload({"events": [{"key": "talk", "food": "snack"}]})

    event = event_row()
    assert (event.version, event.revision, event.published_at) == (2, 0, None)


def test_load_keeps_ids_of_occurrences_by_key_start_and_place(app_ctx: Flask) -> None:
    days = [
        {"key": "fri", "date": "2026-12-04", "start": "10:00", "end": "12:00"},
        {"date": "2026-12-05", "start": "10:00", "end": "12:00"},
        {"date": "2026-12-06", "start": "10:00", "end": "12:00"},
    ]
    load([source(small(occurrences=days))])
    fri, sat, sun = ((part.id, part.uid) for part in parts_of())
    days[0] |= {"date": "2026-12-11", "start": "09:00"}
    days[1] |= {"end": "13:00"}
    days[2] |= {"date": "2026-12-20"}

    reload(small(occurrences=[days[1], days[2], days[0]]))

    assert [(part.starts_wall, part.ends_wall, part.id, part.uid) for part in parts_of()] == [
        ("2026-12-05T10:00", "2026-12-05T13:00", *sat),
        ("2026-12-11T09:00", "2026-12-11T12:00", *fri),
        ("2026-12-20T10:00", "2026-12-20T12:00", *sun),
    ]


def test_load_lets_two_occurrences_change_keys(app_ctx: Flask) -> None:
    days = [{"key": key, "date": f"2026-12-0{n}", "start": "10:00", "end": "12:00"} for n, key in enumerate("ab", 4)]
    load([source(small(occurrences=days))])
    a, b = (part.id for part in parts_of())
    days[0]["key"], days[1]["key"] = "b", "a"

    reload(small(occurrences=days))

    assert [(part.key, part.id, part.starts_wall[:10]) for part in parts_of()] == [
        ("b", b, "2026-12-04"),
        ("a", a, "2026-12-05"),
    ]


def test_load_refuses_to_drop_an_occurrence_that_somebody_has_registered_for(app_ctx: Flask) -> None:
    days = [{"date": f"2026-12-0{n}", "start": "18:00", "end": "19:00"} for n in (3, 4)]
    load([source(small(occurrences=days))])
    register(event_row().id, NewRegistration(name="Eva", email="eva@example.org"), by=ANONYMOUS)
    before = all_rows()

    with pytest.raises(BadFile) as caught:
        reload(small(occurrences=days[:1]))

    assert caught.value.faults == [
        'events[0] "talk": occurrences leave out 2026-12-04 18:00, for which people have registered; move or cancel it'
    ]
    assert all_rows() == before


def test_load_keeps_rooms_and_subtopics_that_a_row_does_not_name(app_ctx: Flask) -> None:
    load([source(demo())])

    reload(
        {
            "venues": [{"key": "abf-stockholm", "rooms": [{"key": "sal-9", "name": "Sal 9", "capacity": 9}]}],
            "themes": [{"key": "gender", "subtopics": [{"key": "law", "name": {"sv": "Lag"}}]}],
        }
    )

    rooms = select(Room.key).join(Venue).where(Venue.key == "abf-stockholm").order_by(Room.position)
    assert list(db.session.scalars(rooms)) == ["per-albin", "sal-4", "sal-6", "sal-9"]
    topics = db.session.scalars(select(Theme.key).where(Theme.parent_id.is_not(None)))
    assert len(set(topics)) == 17


def test_load_refreshes_events_that_point_to_what_changed(app_ctx: Flask) -> None:
    load([source(demo())])
    reload(
        {
            "venues": [{"key": "abf-stockholm", "name": {"sv": "Folkets hus"}}],
            "contacts": [{"key": "cilla", "name": "Cilla Ny"}],
        }
    )

    record = find_record("vald-ar-inte-tradition")
    assert record is not None
    assert record.venue is not None
    assert record.venue.name == {"sv": "Folkets hus"}
    assert "Cilla Ny" in [person.name for person in record.people]
    assert record.version == 1


def test_load_changes_nothing_when_one_row_of_many_is_wrong(app_ctx: Flask) -> None:
    load([source(small())])
    before = all_rows()
    tables = demo()
    tables["events"][39]["kind"] = "circus"

    with pytest.raises(BadFile):
        reload(tables)

    assert all_rows() == before


def test_load_dry_run_tells_what_would_change_and_changes_nothing(app_ctx: Flask) -> None:
    load([source(small())])
    before = all_rows()

    receipt = load([source(small(food="lunch"))], dry_run=True)

    assert receipt.changed == {"events": 1}
    assert all_rows() == before


def test_load_dry_run_finds_the_same_faults(app_ctx: Flask) -> None:
    with pytest.raises(BadFile):
        load([source(small(food=1))], dry_run=True)


def test_load_takes_keys_of_other_files_and_of_the_database(app_ctx: Flask) -> None:
    tables = small()
    events = tables.pop("events")
    load([source({"themes": tables.pop("themes")})])

    receipt = load([source({"events": events}, "b.toml"), source(tables, "a.toml")])

    assert receipt.new["events"] == 1


def test_load_makes_accounts_without_passwords_and_ends_sessions_when_a_role_changes(app_ctx: Flask) -> None:
    load([source({"users": [{"email": "Eva@Example.org", "name": "Eva", "role": "admin"}]})])
    account = db.session.scalars(select(Account)).one()
    assert (account.email, account.password_hash, account.language) == ("eva@example.org", None, "sv")
    with transaction():
        db.session.add(
            WebSession(id_hash=b"x" * 32, account_id=account.id, created_at=NOW, last_seen_at=NOW, confirmed_at=NOW)
        )

    reload({"users": [{"email": "eva@example.org", "role": "editor"}]})

    assert db.session.scalar(select(func.count()).select_from(WebSession)) == 0


def test_load_keeps_what_no_feature_reads(app_ctx: Flask) -> None:
    load([source(demo())])

    tables = export()

    assert tables["generator"] == jsonable(demo()["generator"])
    assert str(tables["meta"]["anchor"]) == "2026-11-23"
    assert db.session.get(Kept, "generator") is not None


def test_load_makes_an_organisation_from_meta_alone(app_ctx: Flask) -> None:
    load([source({"meta": {"timezone": "Asia/Almaty", "title": {"en": "Programme"}}})])

    row = db.session.scalars(select(Organisation)).one()
    assert (row.name, row.tz) == ({"en": "Programme"}, "Asia/Almaty")


def test_load_raises_the_programme_version_once_something_changed_and_only_then(app_ctx: Flask) -> None:
    load([source(small())])
    number = db.session.scalar(select(ProgrammeVersion.number))
    reload(small())
    same = db.session.scalar(select(ProgrammeVersion.number))
    reload({"segments": [{"key": "media", "name": {"sv": "Medier"}}]})
    db.session.expire_all()

    assert same == number
    assert db.session.scalar(select(ProgrammeVersion.number)) == (number or 0) + 1


def test_load_seals_the_address_of_the_online_room(app_ctx: Flask) -> None:
    url = "https://meet.example.org/secret-room"
    load([source(small(mode="hybrid", online={"platform": "Jitsi", "url": url}))])

    event = event_row()
    assert event.online_url == url
    assert url.encode() not in (event.online_url_sealed or b"")
    assert export()["events"][0]["online"] == {"platform": "Jitsi", "url": url}


def test_load_writes_a_series_with_what_befell_its_dates_and_reads_it_back(any_ctx: Flask) -> None:
    rule = {"date": "2027-01-13", "start": "18:00", "end": "20:00", "rrule": "FREQ=WEEKLY;COUNT=5"}
    changes = [
        {"date": "2027-01-13", "cancelled": {"date": "2027-01-10", "reason": {"sv": "Snö."}}},
        {"date": "2027-01-20", "to": "2027-01-21", "start": "19:00", "end": "21:30"},
        {"date": "2027-01-27", "title": {"sv": "Gäst"}},
        {"date": "2027-02-03", "left_out": True},
    ]
    load([source(small(occurrences=[rule | {"changes": changes}]))])
    before = all_rows()

    written = export()["events"][0]["occurrences"]
    receipt = reload({"events": [{"key": "talk", "occurrences": written}]})

    parts = parts_of()
    assert [(part.ruled_start, part.starts_wall, part.ends_wall[11:]) for part in parts] == [
        ("2027-01-13T18:00", "2027-01-13T18:00", "20:00"),
        ("2027-01-20T18:00", "2027-01-21T19:00", "21:30"),
        ("2027-01-27T18:00", "2027-01-27T18:00", "20:00"),
        ("2027-02-10T18:00", "2027-02-10T18:00", "20:00"),
    ]
    assert {part.series_of for part in parts[1:]} == {parts[0].id}
    assert (str(parts[0].cancelled_on), parts[0].cancel_reason) == ("2027-01-10", {"sv": "Snö."})
    assert [part.title for part in parts[1:]] == [{}, {"sv": "Gäst"}, {}]
    assert [change["date"] for change in jsonable(written[0]["changes"])] == [change["date"] for change in changes]
    assert all_rows() == before
    assert receipt is not None


def test_load_writes_a_single_date_that_is_called_off(app_ctx: Flask) -> None:
    dates = [
        {"date": "2027-01-13", "start": "18:00", "end": "20:00", "cancelled": {"date": "2027-01-10", "reason": {}}},
        {"date": "2027-01-20", "start": "18:00", "end": "20:00"},
    ]
    load([source(small(occurrences=dates))])
    before = all_rows()

    written = export()["events"][0]["occurrences"]
    reload({"events": [{"key": "talk", "occurrences": written}]})

    assert [bool(part.cancelled_on) for part in parts_of()] == [True, False]
    assert all_rows() == before


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"date": "2027-01-14"}, "changes[0].date is 2027-01-14, which the rule does not give"),
        ({"date": "2027-01-13", "left_out": True}, "changes[0].left_out cannot be said of the first date"),
        ({"date": "2027-01-20", "start": "18:00", "end": "17:00"}, "changes[0].end is not after start"),
        ({"date": "2027-01-20", "to": "2027-03-28", "start": "02:30", "end": "04:00"}, "02:30 does not exist"),
    ],
)
def test_load_refuses_a_change_that_its_series_cannot_have(app_ctx: Flask, change: dict[str, Any], fault: str) -> None:
    rule = {"date": "2027-01-13", "start": "18:00", "end": "20:00", "rrule": "FREQ=WEEKLY;COUNT=3"}

    with pytest.raises(BadFile) as refused:
        load([source(small(occurrences=[rule | {"changes": [change]}]))])

    assert fault in str([str(one) for one in refused.value.faults])


def noted(heard: list[tuple[str, dict[str, Any]]], name: str) -> list[dict[str, Any]]:
    """The facts of this name that were heard."""
    return [said for what, said in heard if what == name]


def test_load_notes_that_a_published_event_moved(app_ctx: Flask) -> None:
    load([source(small())])
    moved = {"date": "2026-12-10", "start": "18:00", "end": "19:30"}

    with facts() as heard:
        reload({"events": [{"key": "talk", "occurrences": [moved], "room": "cave"}]})

    event = event_row()
    assert noted(heard, "event.moved") == [{"event_id": event.id, "what": ["when", "where"], "before": 1, "after": 2}]
    snapshots = dict(map(tuple, db.session.execute(select(EventRevision.version, EventRevision.snapshot))))
    assert [snapshots[version]["occurrences"][0]["starts_wall"][:10] for version in (1, 2)] == [
        "2026-12-03",
        "2026-12-10",
    ]


def test_load_notes_that_a_venue_is_another_place(app_ctx: Flask) -> None:
    load([source(small())])
    row = small()["venues"][0]

    with facts() as heard:
        reload({"venues": [{**row, "city": "Malmö"}]})
        reload({"venues": [{**row, "city": "Malmö", "lat": 55.6, "lon": 13.0}]})

    (venue_id,) = db.session.scalars(select(Venue.id).where(Venue.key == row["key"]))
    assert noted(heard, "venue.changed") == [{"venue_id": venue_id, "tells": True, "account_id": None}]


def test_load_notes_nothing_for_those_who_come_when_only_a_text_changed(app_ctx: Flask) -> None:
    load([source(small())])

    with facts() as heard:
        reload({"events": [{"key": "talk", "summary": {"sv": "Ny text"}, "registration": {"guests": 1}}]})

    assert noted(heard, "event.moved") == []


def test_load_notes_that_an_event_is_cancelled(app_ctx: Flask) -> None:
    load([source(small())])

    with facts() as heard:
        reload({"events": [{"key": "talk", "status": "cancelled", "cancellation": {"date": "2026-11-22"}}]})

    assert noted(heard, "event.cancelled") == [{"event_id": event_row().id}]


def test_load_gives_new_seats_to_those_who_wait(app_ctx: Flask) -> None:
    load([source(small(registration={"mode": "open", "capacity": 1, "waitlist": True}))])
    for name in ("eva", "bo"):
        register(event_row().id, NewRegistration(name=name, email=f"{name}@example.org"), by=ANONYMOUS)

    reload({"events": [{"key": "talk", "registration": {"capacity": 2}}]})

    statuses = db.session.scalars(select(Registration.status).execution_options(populate_existing=True))
    assert list(statuses) == ["confirmed", "confirmed"]


def test_load_reports_progress_in_steps(app_ctx: Flask) -> None:
    seen: list[tuple[str, int, int]] = []

    load([source(small())], progress=lambda what, done, total: seen.append((what, done, total)))

    assert seen == [("events", 1, 1), ("pages", 1, 1)]


def test_load_takes_back_nothing_that_is_published(app_ctx: Flask) -> None:
    load([source(small())])

    reload({"events": [{"key": "talk", "status": "draft"}]})

    assert event_row().status is Status.DRAFT


def _dated(value: Any, anchor: dt.date) -> Any:
    """The tables with points in time as dates."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    if isinstance(value, dict) and "week" in value:
        day = anchor + dt.timedelta(weeks=value["week"], days=days.index(value["day"]))
        rest = {name: _dated(inner, anchor) for name, inner in value.items() if name not in ("week", "day")}
        return {"date": day, **rest} if rest else day
    if isinstance(value, dict):
        return {name: _dated(inner, anchor) for name, inner in value.items()}
    return [_dated(inner, anchor) for inner in value] if isinstance(value, list) else value


def _missing(wanted: Any, found: Any, path: str) -> list[str]:
    """Every place at which the export lacks what the file said."""
    if isinstance(wanted, dict):
        if not isinstance(found, dict):
            return [path]
        return [fault for name, inner in wanted.items() for fault in _missing(inner, found.get(name), f"{path}.{name}")]
    if isinstance(wanted, list):
        if not isinstance(found, list) or len(found) != len(wanted):
            return [path]
        return [
            fault
            for number, (inner, there) in enumerate(zip(wanted, found, strict=True))
            for fault in _missing(inner, there, f"{path}[{number}]")
        ]
    return [] if jsonable(found) == jsonable(wanted) else [f"{path}: {found!r} for {wanted!r}"]
