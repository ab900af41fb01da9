"""Who finds what of a hearing: each search is done beside somebody who does find it. Canaries begin with Zz."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events.db import db
from cag_events.domain.event import Safety
from cag_events.domain.hearing import Level, Promise
from cag_events.events.queries import get_record
from cag_events.hearings import services
from cag_events.hearings.record import Record
from cag_events.hearings.services import NewCommitment
from cag_events.outbox.delivery import follow_up
from cag_events.outbox.models import Message
from cag_events.permissions import SYSTEM, Role
from tests.factories import make_contact, sign_in
from tests.hearings.given import later, link, make_hearing, pass_for, seat, slot_of, written

TEAM = (
    "/sv/organise/events/hearing/speakers",
    "/sv/organise/events/hearing/submissions",
    "/sv/organise/events/hearing/submissions/{row}",
    "/sv/organise/events/hearing/submissions.md",
    "/sv/organise/events/hearing/record",
    "/sv/organise/events/hearing/record/publish",
    "/sv/organise/events/hearing/commitments",
    "/sv/organise/commitments",
    "/sv/organise/commitments.csv",
    "/sv/organise/today",
    "/sv/organise/events",
    "/sv/organise/events/hearing/edit",
    "/sv/organise/events/hearing/registrations",
)
PUBLIC = (
    "/sv/",
    "/sv/?q=zz",
    "/sv/search?q=zz",
    "/sv/events/hearing",
    "/en/events/hearing",
    "/sv/events/hearing/record",
    "/sv/events/hearing/commitments.csv",
    "/sv/events/hearing/submit",
    "/sv/events/hearing/poster",
    "/sv/calendar/2026/12",
    "/events/hearing.ics",
    "/feeds/programme.ics",
    "/feeds/programme.atom",
    "/feeds/programme.json",
)


def found(texts: dict[str, str], *words: str) -> dict[str, list[str]]:
    """Where each of the words stands."""
    return {word: [path for path, text in texts.items() if word in text] for word in words}


def crawl(client: FlaskClient, paths: tuple[str, ...], **fill: Any) -> dict[str, str]:
    """Every page with what it says."""
    return {path: client.get(path.format(**fill), follow_redirects=True).text for path in paths}


@pytest.fixture
def world(app: Flask) -> Iterator[dict[str, Any]]:
    """A published record with submissions of all levels, cleared ones and one that is not, and two who spoke."""
    with app.app_context():
        event = make_hearing()
        rows = {level: written(event.id, level, f"Zz{level}", clear=True).row_id for level in Level}
        rows["new"] = written(event.id, Level.PUBLIC, "Zznew").row_id
        for called, consents in (("Zzja", True), ("Zznej", False)):
            row = slot_of(event.id, called, approve=True, consents=consents)
            for action in ("call", "start", "stop"):
                services.chair(event.id, row.row_id, action)
        services.save_record(event.id, Record(summary={"sv": "Zzsummary"}), version=0, by=SYSTEM)
        services.publish_record(event.id, by=SYSTEM)
        services.save_record(event.id, Record(summary={"sv": "Zzdraft"}), version=1, by=SYSTEM)
        for what, cleared in (("Zzcleared", True), ("Zzhidden", False)):
            new = NewCommitment(what={"sv": what}, promised_by={"sv": "Zzfunction"}, is_cleared=cleared)
            services.save_commitment(event.id, None, new, by=SYSTEM)
        person = seat(event.id, "Vanlig Person")
        yield {"event": event.id, "rows": rows, "own": link(person.id), "panel": pass_for(event.id, "panel")}


NAMED = (
    *("Zzchair", "Zzlocal", "Zzwitness", "Zztitle", "Zzfunction", "Zzparty", "Zzlawyer", "Zzwriter"),
    *("Zzorganisation", "Zzcalled", "Zzfloor", "Zzpromiser", "Zzreplier"),
)
WORDS = ("Zznew", "Zzpanel", "Zzwithheld", "Namn Zzanonymous", "Zznej", "Zzdraft", "Zzhidden")


def test_stranger_finds_what_is_cleared_and_nothing_else(client: FlaskClient, world: dict[str, Any]) -> None:
    before = crawl(client, PUBLIC)
    record = later(client, "/sv/events/hearing/record", 3)

    assert found(before | {"later": record}, *WORDS) == {word: [] for word in WORDS}
    shown = ("Zzsummary", "Zzcleared", "Zzpublic", "Namn Zzpublic", "Zzanonymous", "Zzja", "Zzfunction")
    assert [word for word in shown if word in record] == list(shown)
    assert "Zzpublic" not in before["/sv/events/hearing/record"]  # its day has not come


def test_somebody_registered_finds_no_more_than_a_stranger(client: FlaskClient, world: dict[str, Any]) -> None:
    own = f"/sv/registrations/{world['own']}"

    told = crawl(client, (own, f"{own}/speak", f"{own}/submit", f"{own}/record"))

    assert found(told, *WORDS, "Zzja Efternamn") == {word: [] for word in (*WORDS, "Zzja Efternamn")}
    assert "Zzsummary" in told[f"{own}/record"]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REPORTER, Role.CHECKIN, Role.MEMBER])
def test_roles_without_attendees_find_no_submission_and_no_speaker(
    client: FlaskClient, world: dict[str, Any], role: Role
) -> None:
    sign_in(client, role)
    secret = ("Zznew", "Zzpanel", "Zzwithheld", "Namn Zzanonymous", "Zznej")

    told = {}
    for row_id in world["rows"].values():
        told |= {f"{path} {row_id}": text for path, text in crawl(client, TEAM, row=row_id).items()}

    assert found(told, *secret) == {word: [] for word in secret}
    if role is Role.EDITOR:
        assert any("Zzdraft" in text for text in told.values())


def test_organizer_finds_them_but_withheld_ones_only_when_opened(client: FlaskClient, world: dict[str, Any]) -> None:
    sign_in(client, Role.ORGANIZER)
    rows = world["rows"]
    listed = crawl(client, TEAM, row=rows["new"])
    withheld = f"/sv/organise/events/hearing/submissions/{rows[Level.WITHHELD]}"

    assert {"Zznew", "Zzpanel", "Zznej"} <= {word for word, where in found(listed, *WORDS).items() if where}
    assert found(listed | {withheld: client.get(withheld).text}, "Zzwithheld") == {"Zzwithheld": []}
    token = _token(client, withheld)
    opened = client.post(withheld, data={"csrf_token": token, "action": "open"})
    assert "Zzwithheld" in opened.text


def test_panel_reads_cleared_ones_as_far_as_their_submitters_let_it(client: FlaskClient, world: dict[str, Any]) -> None:
    told = client.get(f"/sv/panel/{world['panel']}").text

    assert [word for word in ("Namn Zzpublic", "Zzanonymous", "Namn Zzpanel") if word in told] == [
        "Namn Zzpublic",
        "Zzanonymous",
        "Namn Zzpanel",
    ]
    hidden = ("Namn Zzanonymous", "Zzwithheld", "Zznew")
    assert [word for word in hidden if word in told] == []


@pytest.mark.parametrize("purpose", ["chair", "panel"])
def test_links_open_their_own_page_alone(client: FlaskClient, app: Flask, purpose: str) -> None:
    with app.app_context():
        token = pass_for(make_hearing().id, purpose)
    other = "panel" if purpose == "chair" else "chair"

    assert client.get(f"/sv/{purpose}/{token}").status_code == 200
    assert [client.get(f"/sv/{page}/{key}").status_code for page, key in ((other, token), (purpose, token[::-1]))] == [
        404,
        404,
    ]


def test_closed_items_show_their_minutes_alone(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        event = make_hearing()
        own = link(seat(event.id).id)
    pages = crawl(client, (*PUBLIC, f"/sv/registrations/{own}"))
    sign_in(client, Role.EDITOR)

    assert found(pages, "Hemlig punkt", "Secret item") == {"Hemlig punkt": [], "Secret item": []}
    assert "Sluten del" in pages["/sv/events/hearing"] or "Closed part" in pages["/sv/events/hearing"]
    assert "Hemlig punkt" in client.get("/sv/organise/events/hearing/edit").text


@pytest.mark.parametrize(
    "values", [{"format": "round_table"}, {"details": {"chatham_house": True}}], ids=["round table", "rule"]
)
def test_chatham_house_names_nobody_in_any_output(client: FlaskClient, app: Flask, values: dict[str, Any]) -> None:
    with app.app_context():
        people = [
            (make_contact("cc-chair", name="Zzchair", name_local="Zzlocal", named=True), "chair"),
            (make_contact("cc-witness", name="Zzwitness", named=True, title={"sv": "Zztitle"}), "witness"),
        ]
        panel = [
            {"who": "cc-chair", "chair": True},
            {"function": {"sv": "Zzfunction"}, "affiliation": {"sv": "Zzparty"}},
        ]
        details = {"panel": panel, "witnesses": [{"function": {"sv": "Zzlawyer"}}], **values.get("details", {})}
        event = make_hearing(**{**values, "people": people, "details": details})
        for level in (Level.PUBLIC, Level.PANEL):
            written(event.id, level, f"Text {level}", clear=True, name="Zzwriter", organisation="Zzorganisation")
        row = slot_of(
            event.id, "Zzcalled", approve=True, consents=True, organisation="Zzfloor", topic="Visum", name="Talare"
        )
        for action in ("call", "start", "stop"):
            services.chair(event.id, row.row_id, action)
        new = NewCommitment(what={"sv": "Löftet"}, promised_by={"sv": "Zzpromiser"}, is_cleared=True)
        services.save_commitment(event.id, None, new, by=SYSTEM)
        services.save_record(
            event.id,
            Record(summary={"sv": "Vad som sades"}, reply={"sv": "Svar"}, replied_by={"sv": "Zzreplier"}),
            version=0,
            by=SYSTEM,
        )
        services.publish_record(event.id, by=SYSTEM)
        own = link(seat(event.id, "Vanlig Person").id)
        registration = f"/sv/registrations/{own}"

    told = crawl(client, (*PUBLIC, registration, f"{registration}/record", f"{registration}.ics"))
    told["later"] = later(client, "/sv/events/hearing/record", 3)
    told["search"] = client.get("/sv/search?q=zzchair").text.replace("zzchair", "")
    _deliver(app)
    with app.app_context():
        told["mails"] = "".join(f"{one.text} {one.html}" for one in db.session.scalars(select(Message)))
    sign_in(client, Role.ORGANIZER)
    sent = ("/sv/organise/commitments.csv", "/sv/organise/events/hearing/submissions.md")
    told |= crawl(client, (*sent, "/sv/organise/events/hearing/speakers.csv"))

    assert {path: names for path, text in told.items() if (names := re.findall("|".join(NAMED), text))} == {}
    assert [word for word in ("Vad som sades", "Löftet", "Text public") if word in told["later"]] == [
        "Vad som sades",
        "Löftet",
        "Text public",
    ]
    assert "Löftet" in told["/sv/organise/commitments.csv"]
    assert "Zzchair" in client.get("/sv/organise/events/hearing/edit").text  # the team knows


def test_without_the_rule_the_same_people_are_named(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        make_hearing(people=[(make_contact("cc-chair", name="Zzchair", named=True), "chair")])

    told = crawl(client, PUBLIC)

    assert {"/sv/events/hearing", "/events/hearing.ics"} & set(found(told, "Zzchair")["Zzchair"])


def test_guarded_hearing_tells_strangers_nothing_and_those_who_were_there_its_record(
    client: FlaskClient, app: Flask
) -> None:
    with app.app_context():
        event = make_hearing(safety=Safety.GUARDED)
        services.save_record(event.id, Record(summary={"sv": "Zzsummary"}), version=0, by=SYSTEM)
        services.publish_record(event.id, by=SYSTEM)
        own = link(seat(event.id).id)

    assert [
        client.get(f"/sv/events/hearing/{page}").status_code for page in ("record", "submit", "commitments.csv")
    ] == [
        404,
        404,
        404,
    ]
    assert "Zzsummary" in client.get(f"/sv/registrations/{own}/record").text


def test_overdue_commitments_stand_on_today_however_old_their_hearing_is(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        event = make_hearing(starts="2026-01-10T13:00")
        for status, what in ((Promise.OPEN, "Zzlate"), (Promise.BROKEN, "Zzbroken")):
            new = NewCommitment(what={"sv": what}, due_on=get_record(event.id).starts_at.date(), status=status)
            services.save_commitment(event.id, None, new, by=SYSTEM)
    sign_in(client, Role.EDITOR)

    told = client.get("/sv/organise/today").text

    assert ("Zzlate" in told, "Zzbroken" in told) == (True, False)


def _token(client: FlaskClient, path: str) -> str:
    return client.get(path).text.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]


def _deliver(app: Flask) -> None:
    """Let the worker follow up every fact."""
    with app.app_context():
        while follow_up():
            continue
