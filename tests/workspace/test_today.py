"""Today: what needs doing."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from cag_events import clock
from cag_events.accounts.models import Organisation
from cag_events.db import db, transaction
from cag_events.domain.event import RegistrationMode, Safety
from cag_events.domain.lifecycle import Status
from cag_events.domain.seats import Status as RegistrationStatus
from cag_events.events.models import Checklist, ChecklistTick, Event
from cag_events.kinds import KINDS, write_details
from cag_events.outbox.models import Delivery, Message
from cag_events.permissions import Role
from cag_events.registrations.models import Registration
from tests.factories import csrf_token, make_event, make_organisation, sign_in
from tests.making import Make
from tests.page import Page, page, statements, words

TODAY = "/sv/organise/today"


def section(shown: Page, name: str) -> str:
    """The words of a section, empty where there is none."""
    found = shown.all("section", aria_labelledby=f"{name}-title")
    return words(found[0]) if found else ""


def make_checklist(app: Flask, *tasks: tuple[int, str], kinds: tuple[str, ...] = ()) -> None:
    """A checklist of tasks by days from the first occurrence."""
    with app.app_context(), transaction():
        rows = [{"days": days, "name": {"sv": name}} for days, name in tasks]
        db.session.add(Checklist(key="base", kinds=list(kinds), tasks=rows))


def make_registrations(app: Flask, event: Event, status: RegistrationStatus, number: int) -> None:
    """Registrations of nobody in particular."""
    now = clock.now()
    with app.app_context(), transaction():
        for n in range(number):
            db.session.add(
                Registration(
                    event_id=event.id,
                    code=f"{event.id}-{status.value[:2]}-{n}",
                    status=status,
                    party=1,
                    name="Ripa",
                    mode="onsite",
                    language="sv",
                    registered_at=now,
                    joined_at=now,
                )
            )


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ADMIN, 200),
        (Role.ORGANIZER, 200),
        (Role.EDITOR, 200),
        (Role.REPORTER, 200),
        (Role.MEMBER, 403),
        (Role.CHECKIN, 403),
    ],
)
def test_today_is_for_those_who_organise(client: FlaskClient, role: Role, status: int) -> None:
    sign_in(client, role)

    page(client, TODAY, status)


def test_today_leads_reporters_only_where_they_may_go(make: Make, client: FlaskClient) -> None:
    make.event(key="snart", starts="2026-11-25T18:00", capacity=40)
    sign_in(client, Role.REPORTER)

    shown = page(client, TODAY)
    links = {e.get("href") or "" for e in shown.one("main").iter("a") if (e.get("href") or "").startswith("/sv/")}

    assert "/sv/events/snart" in links
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_today_says_where_to_begin_until_something_is_planned(make: Make, client: FlaskClient) -> None:
    sign_in(client)

    first = page(client, TODAY).main
    make.event(starts="2027-05-01T18:00")

    assert ["Börja här" in first, "Börja här" in page(client, TODAY).main] == [True, False]


def test_today_asks_strangers_to_sign_in(client: FlaskClient) -> None:
    assert client.get(TODAY).headers["Location"] == "/sv/account/login?next=/sv/organise/today"


def test_today_lists_the_coming_week_day_by_day(make: Make, client: FlaskClient) -> None:
    make.event(title={"sv": "Idag"}, starts="2026-11-21T18:00", capacity=40)
    make.event(title={"sv": "Fredag"}, starts="2026-11-27T18:00")
    make.event(title={"sv": "Nästa vecka"}, starts="2026-11-28T18:00")
    make.event(title={"sv": "Utkast"}, starts="2026-11-25T18:00", status=Status.DRAFT)
    make.event(title={"sv": "Inställd"}, starts="2026-11-25T19:00", status=Status.CANCELLED)
    sign_in(client)

    week = section(page(client, TODAY), "week")

    assert week.startswith("Den här veckan lördag 21 november 18.00 Idag")
    assert "0 av 40 platser" in week
    assert "19.00 Inställd" in week
    assert "fredag 27 november 18.00 Fredag" in week
    assert [word for word in ("Nästa vecka", "Utkast") if word in week] == []


def test_today_lists_what_is_missing_with_links_to_the_fields(make: Make, client: FlaskClient) -> None:
    make.event(key="halv", title={"sv": "Halv"}, status=Status.DRAFT, themes=[], summary={})
    sign_in(client)

    shown = page(client, TODAY)
    addresses = [e.get("href") for e in shown.one("section", aria_labelledby="gaps-title").iter("a")]

    assert addresses[:2] == ["/sv/organise/events/halv/edit", "/sv/organise/events/halv/edit#themes"]
    assert "evenemang som inte kan publiceras än" in shown.main


def test_today_leaves_out_gaps_of_what_is_far_away_cancelled_or_over(make: Make, client: FlaskClient) -> None:
    make.event(title={"sv": "Långt bort"}, starts="2027-03-01T18:00", summary={})
    make.event(title={"sv": "Inställd"}, status=Status.CANCELLED, summary={})
    make.event(title={"sv": "Över"}, starts="2026-11-01T18:00", summary={})
    sign_in(client)

    assert [word for word in ("Långt bort", "Inställd", "Över") if word in section(page(client, TODAY), "gaps")] == []


def test_tasks_are_listed_when_due_and_gone_when_done(app: Flask, make: Make, client: FlaskClient) -> None:
    make_checklist(app, (-20, "Sent"), (-5, "Snart"), (-2, "Senare"), (3, "Efteråt"))
    event = make.event(key="e", starts="2026-12-01T18:00")
    sign_in(client)

    before = page(client, TODAY)
    answer = client.post(
        "/sv/organise/today/tasks",
        data={"csrf_token": csrf_token(client, TODAY), "event": "e", "checklist": "base", "task": "1", "whose": "mine"},
    )
    after = page(client, TODAY)

    assert [words(e) for e in before.one("section", aria_labelledby="tasks-title").iter("li")] == [
        "Sent Försenat: onsdag 11 november · " + event.title["sv"] + " Klart",
        "Snart torsdag 26 november · " + event.title["sv"] + " Klart",
    ]
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sv/organise/today?whose=mine#tasks")
    assert "Snart" not in section(after, "tasks")
    with app.app_context():
        assert db.session.scalar(select(func.count(ChecklistTick.id))) == 1


def test_tasks_before_an_event_are_moot_once_it_has_begun(app: Flask, make: Make, client: FlaskClient) -> None:
    make_checklist(app, (-2, "Hämta"), (3, "Lämna"))
    make.event(starts="2026-11-18T18:00")
    sign_in(client)

    tasks = section(page(client, TODAY), "tasks")

    assert ("Hämta" in tasks, "Lämna" in tasks) == (False, True)


def test_tasks_of_a_kind_are_asked_of_that_kind_alone(app: Flask, make: Make, client: FlaskClient) -> None:
    make_checklist(app, (-5, "Besökslista"), kinds=("hearing",))
    make.event(title={"sv": "Föredrag"}, starts="2026-11-26T18:00")
    make.event(title={"sv": "Utfrågning"}, kind="hearing", starts="2026-11-26T18:00")
    sign_in(client)

    tasks = section(page(client, TODAY), "tasks")

    assert ("Utfrågning" in tasks, "Föredrag" in tasks) == (True, False)


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"event": "nope", "checklist": "base", "task": "0"}, 404),
        ({"event": "e", "checklist": "base", "task": "99"}, 404),
        ({"event": "e", "checklist": "nope", "task": "0"}, 404),
        ({"event": "e", "checklist": "base", "task": "x"}, 404),
        ({}, 404),
    ],
)
def test_ticking_what_there_is_not_is_unknown(
    app: Flask, make: Make, client: FlaskClient, values: dict[str, str], status: int
) -> None:
    make_checklist(app, (-5, "Snart"))
    make.event(key="e", starts="2026-11-26T18:00")
    sign_in(client)

    answer = client.post("/sv/organise/today/tasks", data={"csrf_token": csrf_token(client, TODAY), **values})

    assert answer.status_code == status


def test_today_counts_those_who_wait(app: Flask, make: Make, client: FlaskClient) -> None:
    event = make.event(title={"sv": "Kö"}, registration_mode=RegistrationMode.APPROVAL)
    make_registrations(app, event, RegistrationStatus.PENDING, 2)
    make_registrations(app, event, RegistrationStatus.WAITLISTED, 1)
    make_registrations(app, event, RegistrationStatus.WITHDRAWN, 4)
    sign_in(client)

    assert section(page(client, TODAY), "people") == "Personer som väntar Kö 2 ber om en plats 1 i kö"


def test_today_asks_how_it_went_until_it_is_told(app: Flask, make: Make, client: FlaskClient) -> None:
    event = make.event(title={"sv": "Över"}, starts="2026-11-10T18:00")
    sign_in(client)

    before = section(page(client, TODAY), "outcomes")
    with app.app_context(), transaction():
        db.session.execute(update(Event).where(Event.id == event.id).values(outcome={"attended": 3}))
    after = section(page(client, TODAY), "outcomes")

    assert ("Över" in before, after) == (True, "")


def test_today_warns_of_few_and_of_many_free_seats(app: Flask, make: Make, client: FlaskClient) -> None:
    make.event(title={"sv": "Tom"}, starts="2026-11-30T18:00", capacity=40)
    make.event(title={"sv": "Tom men långt bort"}, starts="2026-12-20T18:00", capacity=40)
    sign_in(client)

    seats = section(page(client, TODAY), "seats")

    assert "Många platser kvar 0 av 40 platser" in seats
    assert "Tom men långt bort" not in seats


def test_today_shows_dead_mails_to_those_who_may_see_mail(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction():
        db.session.add(
            Message(
                key="k",
                kind="k",
                language="sv",
                to="x@example.org",
                to_index=b"x",
                state=Delivery.DEAD,
                created_at=clock.now(),
                wanted_at=clock.now(),
                due_at=clock.now(),
            )
        )
    sign_in(client, Role.ORGANIZER)
    organizer = page(client, TODAY).main
    sign_in(client, Role.ADMIN)

    assert "1 mejl kunde inte levereras" in page(client, TODAY).main
    assert "kunde inte levereras" not in organizer


def test_mine_are_the_events_that_i_answer_for(make: Make, client: FlaskClient) -> None:
    me = sign_in(client)
    make.event(title={"sv": "Min"}, starts="2026-11-25T18:00", lead_id=me.id)
    make.event(title={"sv": "Andras"}, starts="2026-11-25T18:00")

    mine, everything = page(client, f"{TODAY}?whose=mine"), page(client, TODAY)

    assert ("Min" in section(mine, "week"), "Andras" in section(mine, "week")) == (True, False)
    assert "Andras" in section(everything, "week")


def test_reporter_sees_neither_drafts_nor_what_is_hidden(make: Make, client: FlaskClient) -> None:
    make.event(title={"sv": "Öppen"}, starts="2026-11-25T18:00")
    make.event(title={"sv": "Hemlig"}, starts="2026-11-25T18:00", safety=Safety.GUARDED)
    make.event(title={"sv": "Utkast"}, status=Status.DRAFT)
    sign_in(client, Role.REPORTER)

    shown = page(client, TODAY)

    assert "Öppen" in shown.main
    assert [word for word in ("Hemlig", "Utkast") if word in shown.html] == []
    assert [e.get("action") for e in shown.all("form", method="post")] == ["/sv/account/logout"]


def test_today_takes_the_same_statements_for_one_event_and_for_three(
    app: Flask, make: Make, client: FlaskClient
) -> None:
    make_checklist(app, (-5, "Snart"))
    sign_in(client)

    def add(**values: Any) -> None:
        event = make.event(starts="2026-11-26T18:00", **values)
        make_registrations(app, event, RegistrationStatus.WAITLISTED, 1)

    add()
    add(kind="conference")
    one = statements(client, TODAY)
    add(kind="conference")
    add(mode="hybrid", online_capacity=10)

    assert statements(client, TODAY) == one


@pytest.mark.parametrize("slug", KINDS)
def test_today_takes_the_same_statements_for_one_event_of_a_kind_and_for_three(
    app: Flask, make: Make, client: FlaskClient, slug: str
) -> None:
    sign_in(client, Role.ADMIN)

    def add() -> None:
        event = make.event(kind=slug, starts="2026-11-26T18:00", details=write_details(slug, KINDS[slug].sample))
        make_registrations(app, event, RegistrationStatus.CONFIRMED, 2)

    add()
    one = statements(client, TODAY)
    add()
    add()

    assert statements(client, TODAY) == one


def test_today_is_never_kept(client: FlaskClient) -> None:
    sign_in(client)

    shown = page(client, TODAY)

    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["X-Robots-Tag"] == "noindex"


def test_keys_follow_links_that_are_there(client: FlaskClient) -> None:
    sign_in(client)

    keys = {e.get("data-key"): e.get("href") for e in page(client, TODAY).all("a") if e.get("data-key")}

    assert keys == {
        "n": "/sv/organise/events/new",
        "g k": "/sv/organise/calendar",
        "g t": "/sv/organise/today",
    }


def test_today_says_when_what_is_to_come_exceeds_a_feed_alone(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_organisation(feed_entries=100)
        for _number in range(3):
            make_event()
    sign_in(client, Role.ORGANIZER)
    before = client.get("/en/organise/today").text
    with app.app_context(), transaction():
        db.session.execute(update(Organisation).values(feed_entries=2))
    after = client.get("/en/organise/today").text

    words = "The feed of the whole programme holds more than its cap"
    assert (words in before, words in after) == (False, True)
    assert "3 entries and " in after
