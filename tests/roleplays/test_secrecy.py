"""No brief stands anywhere but where its holder and the game masters read it; every refused look leaves a line."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events.db import db
from cag_events.events.models import Event, EventRecordRow, EventRevision
from cag_events.events.services.passes import make_pass
from cag_events.exchange import services as exchange
from cag_events.outbox.delivery import follow_up
from cag_events.outbox.models import Message
from cag_events.permissions import SYSTEM, Actor, Role
from cag_events.roleplays import services
from cag_events.roleplays.codes import CARD, link_token
from cag_events.roleplays.models import Look
from cag_events.roleplays.queries import seats_held_by
from tests.factories import sign_in
from tests.house.world import rules_of
from tests.roleplays.games import give_roles, join, lead_of, make_game, organizer, release, token_of

CANARY = "canary-"


@pytest.fixture
def stage(app: Flask) -> Iterator[dict[str, Any]]:
    """A game with given roles and released briefs: Ada holds herders, Bo media."""
    with app.app_context():
        event = make_game(key="the-river")
        ada, bo = join(event, "Ada Lind", "herders"), join(event, "Bo Ek", "media")
        give_roles(event)
        release(event)
        follow_up()
        yield {
            "event": event,
            "ada": ada,
            "bo": bo,
            "ada_token": token_of(ada),
            "bo_token": token_of(bo),
            "ada_card": link_token(seats_held_by(ada.id)[0].row_id, CARD),
            "lead": lead_of(event),
        }


def looks() -> list[tuple[str, str, str]]:
    db.session.expire_all()
    return [(row.place, row.who, row.why) for row in db.session.scalars(select(Look).order_by(Look.id))]


def read(client: FlaskClient, path: str) -> str:
    """All that an answer says, workbooks opened."""
    answer = client.get(path)
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            return " ".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return answer.get_data(as_text=True)


def test_holder_reads_their_own_brief_and_that_of_their_party(client: FlaskClient, stage: dict[str, Any]) -> None:
    by_page = client.get(f"/sv/registrations/{stage['ada_token']}/role").text
    by_link = client.get(f"/sv/role-cards/{stage['ada_card']}").text

    for text in (by_page, by_link):
        assert "canary-bridge" in text
        assert "canary-upstream" in text
        assert "canary-rumour" not in text
    assert looks() == []


def test_other_holder_reads_another_brief(client: FlaskClient, stage: dict[str, Any]) -> None:
    text = client.get(f"/sv/registrations/{stage['bo_token']}/role").text

    assert "canary-rumour" in text
    assert "canary-bridge" not in text
    assert "canary-upstream" not in text


def test_old_link_is_dead_as_soon_as_the_role_moves_and_the_look_is_noted(
    client: FlaskClient, stage: dict[str, Any]
) -> None:
    services.place(stage["event"].id, stage["ada"].id, "ministry", None, by=organizer())

    answer = client.get(f"/sv/role-cards/{stage['ada_card']}")

    assert (answer.status_code, CANARY in answer.text) == (404, False)
    assert looks() == [("role:herders", "link", "moved")]
    assert "canary-promise" in client.get(f"/sv/registrations/{stage['ada_token']}/role").text


def test_forged_and_unknown_links_are_the_same_404(client: FlaskClient, stage: dict[str, Any]) -> None:
    row_id = stage["ada_card"].partition(".")[0]

    for token in (row_id, f"{row_id}.AAAA", "nothing", link_token("B" * 22, CARD), link_token(row_id, "guardian")):
        assert client.get(f"/sv/role-cards/{token}").status_code == 404


def test_whoever_has_no_role_or_comes_too_early_reads_nothing(client: FlaskClient, stage: dict[str, Any]) -> None:
    event, lead = stage["event"], stage["lead"]
    cleo = join(event, "Cleo Ny", "herders")
    services.set_release(event.id, event.starts_at, by=Actor(account_id=lead.id, role=lead.role))

    none = client.get(f"/sv/registrations/{token_of(cleo)}/role")
    early = client.get(f"/sv/registrations/{stage['ada_token']}/role")
    link = client.get(f"/sv/role-cards/{stage['ada_card']}")

    assert [one.status_code for one in (none, early, link)] == [404, 200, 404]
    assert [CANARY in one.text for one in (none, early, link)] == [False, False, False]
    assert looks() == [
        ("", "attendee", "no_role"),
        ("role:herders", "attendee", "too_early"),
        ("role:herders", "link", "too_early"),
    ]


def test_minor_without_a_guardian_reads_nothing(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        event = make_game(min_age=16)
        ada = join(event, "Ada Lind", "herders")
        services.set_age(ada.id, is_minor=True)
        give_roles(event)
        release(event)
        token = token_of(ada)

        before = client.get(f"/sv/registrations/{token}/role")
        services.agree(ada.id, "Mor Lind")
        after = client.get(f"/sv/registrations/{token}/role")

        assert (before.status_code, CANARY in before.text) == (404, False)
        assert (after.status_code, "canary-bridge" in after.text) == (200, True)
        assert looks() == [("role:herders", "attendee", "no_consent")]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ORGANIZER, Role.EDITOR, Role.REPORTER, Role.CHECKIN, Role.MEMBER])
def test_accounts_that_lead_no_game_find_no_brief_at_any_address(
    client: FlaskClient, stage: dict[str, Any], role: Role
) -> None:
    sign_in(client, role)

    found = [path for path in _addresses(client.application, stage) if CANARY in read(client, path)]

    assert found == []
    assert ("", "account", "not_facilitator") in looks()


def test_stranger_finds_no_brief_at_any_address(client: FlaskClient, stage: dict[str, Any]) -> None:
    assert [path for path in _addresses(client.application, stage) if CANARY in read(client, path)] == []


def test_game_masters_find_the_briefs_where_they_belong(client: FlaskClient, stage: dict[str, Any]) -> None:
    sign_in(client, stage["lead"])

    found = [path for path in _addresses(client.application, stage) if CANARY in read(client, path)]

    assert found == ["/en/organise/events/the-river/briefs", "/en/organise/events/the-river/role-cards"]
    assert looks() == []


def test_game_master_without_an_account_reads_all_by_a_link_until_it_ends(
    client: FlaskClient, stage: dict[str, Any]
) -> None:
    token = make_pass(stage["event"].id, "facilitator", "Rummet", by=SYSTEM)

    pages = [client.get(f"/sv/game-masters/{token}{more}") for more in ("", "/cards", "/cast")]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert ["canary-bridge" in page.text for page in pages] == [True, True, False]
    assert ["Ada Lind" in page.text for page in pages] == [True, False, True]
    assert client.get(f"/sv/game-masters/{stage['ada_card']}").status_code == 404


def test_named_game_master_reads_and_one_who_was_removed_is_refused(client: FlaskClient, stage: dict[str, Any]) -> None:
    master = sign_in(client, Role.EDITOR)
    services.add_facilitator(stage["event"].id, master.email, by=SYSTEM)

    before = client.get("/sv/organise/events/the-river/briefs")
    services.remove_facilitator(stage["event"].id, master.row_id, by=SYSTEM)
    after = client.get("/sv/organise/events/the-river/briefs")

    assert ("canary-bridge" in before.text, before.status_code) == (True, 200)
    assert (CANARY in after.text, after.status_code) == (False, 403)


def test_briefs_stand_in_no_table_in_clear(stage: dict[str, Any]) -> None:
    del stage
    texts: list[str] = []
    for table in db.metadata.sorted_tables:
        texts += [str(row) for row in db.session.execute(table.select())]

    assert [text[:80] for text in texts if CANARY in text] == []


def test_briefs_stand_in_no_record_history_mail_or_export(stage: dict[str, Any]) -> None:
    event = stage["event"]
    told = [
        *(str(row.body) for row in db.session.scalars(select(EventRecordRow))),
        *(str(row.snapshot) for row in db.session.scalars(select(EventRevision))),
        *(f"{mail.subject} {mail.text} {mail.html}" for mail in db.session.scalars(select(Message))),
        str(db.session.get_one(Event, event.id).details),
        str(exchange.export()),
    ]

    assert any("the-river" in text for text in told)
    assert [text[:80] for text in told if CANARY in text] == []


def _addresses(app: Flask, stage: dict[str, Any]) -> list[str]:
    """Every address that answers GET, filled with what belongs to this event."""
    values = {
        "lang": "en",
        "key": "the-river",
        "code": stage["ada"].code,
        "year": "2026",
        "month": "12",
        "token": "A" * 43,
        "outcome": "seat",
    }
    found = []
    for rule in rules_of(app, "GET"):
        address = rule.rule
        for name in rule.arguments:
            value = values.get(name, "B" * 22)
            for pattern in (f"<{name}>", f"<path:{name}>", f"<int:{name}>", f"<string:{name}>"):
                address = address.replace(pattern, value)
        if "<" not in address and "logout" not in address:
            found.append(address)
    return [*found, "/en/search?q=canary", "/en/organise/events?q=canary", "/sv/events/the-river"]
