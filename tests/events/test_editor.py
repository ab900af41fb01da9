"""The editor in a browser without scripts: create, change, two at once, kinds, rows; what may be seen by whom."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events.db import db
from cag_events.domain.event import Mode
from cag_events.domain.lifecycle import Status
from cag_events.events import told
from cag_events.events.drafts import fields_of, occurrences_of
from cag_events.events.gate import COMMON_ANCHORS
from cag_events.events.models import Event
from cag_events.events.queries import find_record
from cag_events.kinds import KINDS
from cag_events.permissions import Role
from tests.events.editing import form_of, open_form
from tests.factories import make_contact, make_event, make_segment, make_theme, make_venue, sign_in

NEW = "/sv/organise/events/new"


def ids_in(html: str) -> set[str]:
    return set(re.findall(r'\sid="([^"]+)"', html))


def errors_in(html: str) -> list[str]:
    return re.findall(r'class="field__error"[^>]*>.*?<span>(.*?)</span>', html, re.DOTALL)


def event_of(app: Flask, key: str) -> Event:
    with app.app_context():
        event = db.session.scalar(select(Event).where(Event.key == key))
        assert event is not None
        return event


def five_fields(app: Flask, **more: Any) -> dict[str, Any]:
    """What somebody types who has 90 seconds."""
    with app.app_context():
        venue, theme = make_venue().key, make_theme().key
    return {
        "kind": "lecture",
        "title-sv": "Vatten på gång",
        "occurrences-0-day": "2026-12-03",
        "occurrences-0-start": "18:00",
        "place": f"{venue}/hall",
        "themes": theme,
        **more,
    }


def test_new_publishes_a_lecture_of_five_fields_with_one_press(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    typed = five_fields(app)

    answer = client.post(NEW, data={**open_form(client, NEW), **typed, "do": "publish"})

    assert (answer.status_code, answer.location) == (303, "/sv/organise/events/vatten-pa-gang/edit")
    with app.app_context():
        record = find_record("vatten-pa-gang")
    assert record is not None
    assert (record.status, record.registration.capacity) == (Status.PUBLISHED, 100)
    assert f"{record.occurrences[0].ends_wall:%H:%M}" == "19:30"


def test_new_keeps_all_that_was_typed_when_something_is_wrong(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    typed = five_fields(app, **{"title-sv": "", "body-en": "A long text", "occurrences-0-start": "halv sju"})

    answer = client.post(NEW, data={**open_form(client, NEW), **typed, "do": "save"})

    form = form_of(answer.text)
    assert answer.status_code == 422
    assert (form["body-en"], form["occurrences-0-start"]) == (["A long text"], ["halv sju"])
    assert 'href="#title-sv"' in answer.text
    assert 'href="#occurrences-0-start"' in answer.text
    assert len(errors_in(answer.text)) == 2


def test_new_names_a_missing_day_in_the_summary(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    typed = five_fields(app, **{"occurrences-0-day": ""})

    answer = client.post(NEW, data={**open_form(client, NEW), **typed, "do": "save"})

    assert (answer.status_code, 'href="#occurrences-0-day"' in answer.text) == (422, True)


def test_new_goes_to_what_is_missing_when_it_cannot_be_published(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    typed = five_fields(app, themes=[])

    answer = client.post(NEW, data={**open_form(client, NEW), **typed, "do": "publish"}, follow_redirects=True)

    assert 'href="/sv/organise/events/vatten-pa-gang/edit#themes"' in answer.text
    assert event_of(app, "vatten-pa-gang").status is Status.DRAFT


@pytest.mark.parametrize(("start", "end"), [("02:30", "04:00"), ("01:00", "02:30")])
def test_new_refuses_a_skipped_hour_at_its_field(app: Flask, client: FlaskClient, start: str, end: str) -> None:
    sign_in(client)
    typed = five_fields(
        app, **{"occurrences-0-day": "2027-03-28", "occurrences-0-start": start, "occurrences-0-end": end}
    )

    answer = client.post(NEW, data={**open_form(client, NEW), **typed, "do": "save"})

    field = "start" if start == "02:30" else "end"
    assert answer.status_code == 422
    assert f'id="occurrences-0-{field}-error"' in answer.text
    assert f'href="#occurrences-0-{field}"' in answer.text


def test_new_takes_the_length_of_the_chosen_kind(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    typed = five_fields(app, kind="hearing")

    client.post(NEW, data={**open_form(client, NEW), **typed, "do": "save"})

    with app.app_context():
        record = find_record("vatten-pa-gang")
    assert record is not None
    assert (record.kind, f"{record.occurrences[0].ends_wall:%H:%M}") == ("hearing", "20:00")


def test_new_makes_a_weekly_series(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    typed = five_fields(app, **{"occurrences-0-repeat": "3", "occurrences-0-every": "2"})

    client.post(NEW, data={**open_form(client, NEW), **typed, "do": "save"})

    with app.app_context():
        rows = occurrences_of(event_of(app, "vatten-pa-gang").id)
    assert [row.starts_wall[:10] for row in rows] == ["2026-12-03", "2026-12-17", "2026-12-31"]


def test_new_adds_and_removes_rows_without_saving(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    typed = five_fields(app)

    added = client.post(NEW, data={**open_form(client, NEW), **typed, "do": "add-occurrences"})
    removed = client.post(NEW, data={**form_of(added.text), "do": "remove-occurrences-0"})

    assert (added.status_code, form_of(added.text)["occurrences-0-day"]) == (200, ["2026-12-03"])
    assert "occurrences-1-day" in form_of(added.text)
    assert sorted(name for name in form_of(removed.text) if name.endswith("-day")) == ["occurrences-1-day"]
    with app.app_context():
        assert find_record("vatten-pa-gang") is None


@pytest.mark.parametrize("kind", KINDS)
def test_new_shows_the_part_of_each_kind(client: FlaskClient, kind: str) -> None:
    sign_in(client)

    answer = client.post(NEW, data={**open_form(client, NEW), "kind": kind, "do": "kind"})

    assert answer.status_code == 200
    assert form_of(answer.text)["shown_kind"] == [kind]


@pytest.mark.parametrize("kind", KINDS)
def test_editor_has_every_field_that_a_finding_links_to(client: FlaskClient, kind: str) -> None:
    sign_in(client)

    html = client.post(NEW, data={**open_form(client, NEW), "kind": kind, "do": "kind"}).text

    anchors = COMMON_ANCHORS if KINDS[kind].has_agenda else COMMON_ANCHORS - {"agenda"}
    assert sorted(anchors - ids_in(html)) == []


def test_editor_carries_the_details_of_the_kind_before(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    hearing = client.post(NEW, data={**open_form(client, NEW), **five_fields(app), "kind": "hearing", "do": "kind"})
    typed = {**form_of(hearing.text), "kind-session-id_required": "y", "kind-hearing-id_required": "y"}

    lecture = client.post(NEW, data={**typed, "kind": "lecture", "do": "kind"})
    back = client.post(NEW, data={**form_of(lecture.text), "kind": "hearing", "do": "kind"})

    ticked = [name for name in form_of(back.text) if name.endswith("id_required")]
    assert len(ticked) == 1


def test_edit_of_every_demo_event_saved_unchanged_changes_nothing(demo_app: Flask) -> None:
    client = demo_app.test_client()
    sign_in(client)
    with demo_app.app_context():
        events = list(db.session.scalars(select(Event).where(Event.status != Status.CANCELLED)))
        before = {event.key: (event.version, fields_of(event)) for event in events}

    for key in before:
        form = open_form(client, f"/sv/organise/events/{key}/edit")
        answer = client.post(f"/sv/organise/events/{key}/edit", data={**form, "do": "save"})
        assert answer.status_code == 303, (key, errors_in(answer.text))

    with demo_app.app_context():
        events = list(db.session.scalars(select(Event).where(Event.status != Status.CANCELLED)))
        after = {event.key: (event.version, fields_of(event)) for event in events}
    assert len(before) > 40
    assert after == before


def test_edit_shows_both_versions_when_two_save(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    with app.app_context():
        make_event(key="ett", title={"sv": "Förr"}, status=Status.DRAFT)
    path = "/sv/organise/events/ett/edit"
    mine, theirs = open_form(client, path), open_form(client, path)
    client.post(path, data={**theirs, "title-sv": "Deras", "body-sv": "Deras text", "do": "save"})

    answer = client.post(path, data={**mine, "title-sv": "Min", "summary-sv": "Min kort", "do": "save"})

    assert answer.status_code == 409
    picks = form_of(answer.text, "/sv/organise/events/ett/merge")
    assert (picks["pick_title"], picks["pick_summary"], picks["pick_body"]) == (["mine"], ["mine"], ["theirs"])
    assert [text in answer.text for text in ("Deras text", "Min kort")] == [True, True]
    assert event_of(app, "ett").title == {"sv": "Deras"}


def test_merge_saves_the_choice_per_field(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    with app.app_context():
        make_event(key="ett", title={"sv": "Förr"}, status=Status.DRAFT)
    path = "/sv/organise/events/ett/edit"
    mine, theirs = open_form(client, path), open_form(client, path)
    client.post(path, data={**theirs, "title-sv": "Deras", "body-sv": "Deras text", "do": "save"})
    conflict = client.post(path, data={**mine, "title-sv": "Min", "summary-sv": "Min kort", "do": "save"})
    picks = form_of(conflict.text, "/sv/organise/events/ett/merge")

    answer = client.post("/sv/organise/events/ett/merge", data={**picks, "pick_title": "theirs"})

    event = event_of(app, "ett")
    assert answer.status_code == 303
    assert (event.title, event.summary["sv"], event.body["sv"]) == ({"sv": "Deras"}, "Min kort", "Deras text")


def test_merge_refuses_a_version_that_was_tampered_with(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    with app.app_context():
        make_event(key="ett", status=Status.DRAFT)
    token = open_form(client, "/sv/organise/events/ett/edit")["csrf_token"]

    answer = client.post(
        "/sv/organise/events/ett/merge",
        data={"csrf_token": token, "mine": '{"kind": "lecture"}', "signature": "x", "version": "1"},
    )

    assert answer.status_code == 422


def test_edit_asks_before_it_tells_those_who_come_that_it_moves(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    told.init_app(app, lambda _event_id: 7, lambda _event_id: None, lambda _venue_id: None)
    with app.app_context():
        make_event(key="ett")
    path = "/sv/organise/events/ett/edit"
    typed = {**open_form(client, path), "occurrences-0-start": "19:00", "occurrences-0-end": "20:00", "do": "save"}

    asked = client.post(path, data=typed)
    saved = client.post(path, data={**form_of(asked.text), "do": "save"})

    assert (asked.status_code, saved.status_code) == (422, 303)
    assert "7 anmälningar" in asked.text
    assert event_of(app, "ett").version == 2


def test_edit_moves_without_asking_an_event_that_nobody_comes_to(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    with app.app_context():
        make_event(key="ett")
    path = "/sv/organise/events/ett/edit"
    typed = {**open_form(client, path), "occurrences-0-start": "19:00", "occurrences-0-end": "20:00", "do": "save"}

    assert client.post(path, data=typed).status_code == 303


@pytest.mark.parametrize(
    ("action", "part", "field"),
    [
        ("add-people", "part-people", "people-0-who"),
        ("add-pools", "part-registration", "pools-0-segment"),
        ("add-interpreting", "part-languages", "interpreting-0-to"),
        ("add-occurrences", None, "occurrences-1-day"),
    ],
)
def test_new_opens_at_the_row_that_was_added(client: FlaskClient, action: str, part: str | None, field: str) -> None:
    sign_in(client)

    page = client.post(NEW, data={**open_form(client, NEW), "occurrences-0-day": "2026-12-03", "do": action}).text

    assert re.findall(r'id="(part-[a-z]+)" open', page) == ([part] if part else [])
    assert [tag for tag in re.findall(r"<[^>]* autofocus[^>]*>", page) if f'id="{field}"' not in tag] == []
    assert page.count(" autofocus") == 1


def test_new_keeps_the_kind_whose_part_is_wrong_and_says_so(client: FlaskClient) -> None:
    sign_in(client)
    asked = {**open_form(client, NEW), "kind": "conference", "do": "kind"}
    conference = form_of(client.post(NEW, data=asked).text)
    half = {**conference, "kind-programme-0-title-sv": "Bara en titel", "kind": "workshop", "do": "kind"}

    page = client.post(NEW, data=half).text

    assert form_of(page)["kind-programme-0-title-sv"] == ["Bara en titel"]
    assert 'href="#kind-programme-0-start"' in page


def test_edit_keeps_the_room_of_an_online_event_when_the_field_stays_empty(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    with app.app_context():
        make_event(key="ett", mode=Mode.ONLINE, online_url="https://meet.example.org/hemligt", status=Status.DRAFT)
    path = "/sv/organise/events/ett/edit"
    page = client.get(path).text

    client.post(path, data={**form_of(page), "title-sv": "Nytt", "do": "save"})

    assert "hemligt" not in page
    with app.app_context():
        assert event_of(app, "ett").online_url == "https://meet.example.org/hemligt"


def test_edit_removes_the_room_of_an_online_event(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    with app.app_context():
        make_event(key="ett", mode=Mode.ONLINE, online_url="https://meet.example.org/hemligt", status=Status.DRAFT)
    path = "/sv/organise/events/ett/edit"

    client.post(path, data={**open_form(client, path), "remove_online_url": "y", "do": "save"})

    with app.app_context():
        assert event_of(app, "ett").online_url is None


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://", "http://a:b@example.org/", "meet"])
def test_edit_refuses_what_is_no_web_address(app: Flask, client: FlaskClient, url: str) -> None:
    sign_in(client)
    with app.app_context():
        make_event(key="ett", mode=Mode.ONLINE, status=Status.DRAFT)
    path = "/sv/organise/events/ett/edit"

    answer = client.post(path, data={**open_form(client, path), "online_url": url, "do": "save"})

    assert (answer.status_code, 'id="online_url-error"' in answer.text) == (422, True)


def test_editor_offers_publishing_to_organizers_and_not_to_editors(app: Flask, client: FlaskClient) -> None:
    sign_in(client, Role.EDITOR)
    with app.app_context():
        make_event(key="ett", status=Status.DRAFT)

    page = client.get("/sv/organise/events/ett/edit").text

    assert 'value="publish"' not in page
    assert client.get("/sv/organise/events/ett/publish").status_code == 403


@pytest.mark.parametrize("role", [Role.MEMBER, Role.CHECKIN, Role.REPORTER])
def test_editor_is_closed_to_those_who_do_not_edit(app: Flask, client: FlaskClient, role: Role) -> None:
    sign_in(client, role)
    with app.app_context():
        make_event(key="ett")

    assert [client.get(path).status_code for path in (NEW, "/sv/organise/events/ett/edit")] == [403, 403]


def test_editor_sends_strangers_to_sign_in(client: FlaskClient) -> None:
    assert client.get(NEW).status_code == 303


def test_task_is_ticked_and_unticked(demo_app: Flask) -> None:
    client = demo_app.test_client()
    account = sign_in(client)
    path = "/sv/organise/events/vald-ar-inte-tradition/edit"
    form = {"csrf_token": open_form(client, path)["csrf_token"], "checklist": "base", "task": "0"}

    client.post("/sv/organise/events/vald-ar-inte-tradition/tasks", data=form)
    ticked = client.get(path).text
    client.post("/sv/organise/events/vald-ar-inte-tradition/tasks", data={**form, "undo": "yes"})

    assert ticked.count("tasks__one--done") == 1
    assert account.name in ticked
    assert client.get(path).text.count("tasks__one--done") == 0


def test_history_tells_what_changed(app: Flask, client: FlaskClient) -> None:
    account = sign_in(client)
    with app.app_context():
        make_event(key="ett", title={"sv": "Förr"}, status=Status.DRAFT)
    path = "/sv/organise/events/ett/edit"
    client.post(path, data={**open_form(client, path), "title-sv": "Nu", "do": "save"})

    page = client.get("/sv/organise/events/ett/history").text

    assert [text in page for text in ("Förr", "Nu", account.name)] == [True, True, True]


def test_duplicate_page_makes_a_copy_on_its_day(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    with app.app_context():
        make_event(key="ett", title={"sv": "Ett"})
    path = "/sv/organise/events/ett/duplicate"
    token = open_form(client, "/sv/organise/events/ett/edit")["csrf_token"]

    answer = client.post(path, data={"csrf_token": token, "first_on": "2027-02-04"})

    assert answer.location == "/sv/organise/events/ett-2/edit"
    with app.app_context():
        record = find_record("ett-2")
    assert record is not None
    assert f"{record.occurrences[0].starts_wall:%Y-%m-%d %H:%M}" == "2027-02-04 18:00"


def test_cancel_page_says_how_many_are_told_and_cancels(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    told.init_app(app, lambda _event_id: 3, lambda _event_id: None, lambda _venue_id: None)
    with app.app_context():
        make_event(key="ett")
    path = "/sv/organise/events/ett/cancel"
    page = client.get(path).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None

    answer = client.post(path, data={"csrf_token": token[1], "version": "1", "why-sv": "Sjukdom."})

    assert "3 anmälningar" in page
    assert answer.status_code == 303
    assert (event_of(app, "ett").status, event_of(app, "ett").cancel_reason) == (Status.CANCELLED, {"sv": "Sjukdom."})


def test_cancel_page_asks_again_where_the_event_was_changed(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    with app.app_context():
        make_event(key="ett", version=4)
    token = open_form(client, "/sv/organise/events/ett/edit")["csrf_token"]

    answer = client.post("/sv/organise/events/ett/cancel", data={"csrf_token": token, "version": "3"})

    assert answer.status_code == 409
    assert event_of(app, "ett").status is Status.PUBLISHED


def test_editor_keeps_unsent_text_for_the_version_it_was_typed_on(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    with app.app_context():
        make_event(key="ett", version=4)
        make_event(key="tva", safety="guarded")

    kept = [
        re.findall(r'data-keep="([^"]*)"', client.get(f"/sv/organise/events/{key}/edit").text) for key in ("ett", "tva")
    ]

    assert kept == [["v4"], []]


def test_edit_shows_the_texts_in_other_languages(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    with app.app_context():
        make_event(key="ett", title={"sv": "Ett", "ky": "Бир"}, status=Status.DRAFT)
        make_contact()
        make_segment()
    path = "/sv/organise/events/ett/edit"

    added = client.post(path, data={**open_form(client, path), "do": "language-ru"})
    client.post(path, data={**form_of(added.text), "title-ru": "Один", "do": "save"})

    assert event_of(app, "ett").title == {"sv": "Ett", "ky": "Бир", "ru": "Один"}
