"""The pages of a game: wishes, group, age, the organizers' desk, prints, exports."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cag_events import clock
from cag_events.db import db
from cag_events.events.models import Event
from cag_events.events.services.passes import make_pass
from cag_events.outbox.delivery import follow_up
from cag_events.permissions import SYSTEM, Role
from cag_events.registrations.models import Registration
from cag_events.roleplays import services
from cag_events.roleplays.codes import DEBRIEFING, GUARDIAN, link_token
from cag_events.roleplays.models import Player
from cag_events.roleplays.queries import group_of, person_of
from tests.conftest import NOW
from tests.factories import hidden_fields, make_event, post, sign_in
from tests.page import check, page, words
from tests.roleplays.games import allocate, give_roles, held, join, make_game, organizer, release, token_of

AFTER = NOW + timedelta(days=13)


@pytest.fixture
def game(app_ctx: Flask) -> Event:
    """A game."""
    del app_ctx
    return make_game(key="the-river")


def own(registration: Registration, word: str = "") -> str:
    return f"/en/registrations/{token_of(registration)}{word}"


def test_own_page_leads_to_wishes_and_group(client: FlaskClient, game: Event) -> None:
    links = page(client, own(join(game, "Ada Lind"))).links()

    assert {"My wishes", "I come with a class or group"} <= links.keys()


def test_wishes_page_stores_wishes_and_what_is_not_wanted(client: FlaskClient, game: Event) -> None:
    ada = join(game, "Ada Lind", "herders")
    path = own(ada, "/wishes")

    answer = post(client, path, {"first": "media", "second": "herders", "third": "", "refused": ["ministry"]})

    db.session.expire_all()
    said = person_of(db.session.get_one(Registration, ada.id))
    assert answer.status_code == 303
    assert (said.wishes, said.refused) == (("media", "herders"), {"ministry"})


def test_wishes_page_keeps_what_was_typed_when_a_role_is_named_twice(client: FlaskClient, game: Event) -> None:
    path = own(join(game, "Ada Lind"), "/wishes")

    answer = post(client, path, {"first": "media", "second": "media", "third": ""})

    assert answer.status_code == 422
    assert "named a role twice" in answer.text
    assert answer.text.count('value="media" selected') + answer.text.count('selected value="media"') == 2


def test_wishes_page_asks_for_the_languages_that_roles_need(client: FlaskClient, app_ctx: Flask) -> None:
    del app_ctx
    role = {"key": "judge", "seats": 6, "language": "en", "level": "B2", "name": {"en": "Judge"}}
    event = make_game(roleplay={"roles": [role, {"key": "crowd", "seats": 6, "name": {"en": "Crowd"}}]})
    ada = join(event, "Ada Lind")
    path = own(ada, "/wishes")

    asked = page(client, path).all("select", name="level_en")
    post(client, path, {"first": "judge", "second": "", "third": "", "level_en": "A2"})
    give_roles(event)

    assert len(asked) == 1
    assert held(ada) == ["crowd"]
    assert "Judge needs at least B2 in English" in page(client, own(ada, "/role"), 200).main


def test_wishes_page_is_closed_when_roles_are_given(client: FlaskClient, game: Event) -> None:
    ada = join(game, "Ada Lind", "herders")
    give_roles(game)

    shown = page(client, own(ada, "/wishes"))

    assert shown.all("select") == []
    assert "The roles are given" in shown.main


def test_group_page_makes_a_group_that_others_join_by_its_code(client: FlaskClient, game: Event) -> None:
    teacher, ada = join(game, "Tea Cher"), join(game, "Ada Lind")
    path, other = own(teacher, "/group"), own(ada, "/group")

    post(client, path, {"action": "make", "name": "Class 2b"})
    code = page(client, path).one("input", id="group-code").get("value")
    post(client, other, {"action": "join", "code": code})

    members = page(client, path).main
    assert "Tea C." in members
    assert "Ada L." in members
    assert "Lind" not in members
    seen = page(client, other)
    assert "Class 2b" in seen.heading
    assert "Tea" not in seen.main
    assert str(code) not in seen.html


def test_group_page_says_that_a_code_is_wrong_at_its_field(client: FlaskClient, game: Event) -> None:
    ada = join(game, "Ada Lind")

    answer = post(client, own(ada, "/group"), {"action": "join", "code": "AAAA-AAAA"})

    assert answer.status_code == 422
    assert "No group has this code" in answer.text
    assert group_of(ada.id) is None


def test_age_page_lets_a_guardian_agree_by_a_link_of_their_own(client: FlaskClient, app_ctx: Flask) -> None:
    del app_ctx
    event = make_game(min_age=16)
    ada = join(event, "Ada Lind")
    post(client, own(ada, "/age"), {"age": "minor"})
    player = db.session.get_one(Player, ada.id)
    link = f"/en/guardians/{link_token(player.row_id, GUARDIAN)}"
    shown = page(client, link)

    with clock.fixed(NOW + timedelta(seconds=10)):
        again = post_after(client, link, {"guardian": "Mor Lind", "agrees": "y"})

    db.session.expire_all()
    assert "Ada" in shown.heading
    assert "Lind" not in shown.main
    assert again.status_code == 303
    assert db.session.get_one(Player, ada.id).agreed_at is not None
    post(client, link, {"action": "take_back"})
    db.session.expire_all()
    assert db.session.get_one(Player, ada.id).agreed_at is None


def post_after(client: FlaskClient, path: str, values: dict[str, Any]) -> Any:
    """Send a public form that was opened some seconds ago."""
    with clock.fixed(NOW):
        fields = client.get(path).text
    return client.post(path, data={**hidden_fields(fields), **values})


def test_age_page_is_not_there_where_everybody_is_grown_up(client: FlaskClient, game: Event) -> None:
    assert client.get(own(join(game, "Ada"), "/age")).status_code == 404


def test_role_page_says_why_somebody_got_their_second_wish(client: FlaskClient, game: Event) -> None:
    people = [join(game, name, "herders", "media") for name in ("Ada Lind", "Bo Ek", "Cleo Ny")]
    give_roles(game)
    release(game)
    second = next(one for one in people if held(one) == ["media"])

    told = page(client, own(second, "/role")).main

    assert "You got your second wish." in told
    assert "Your first wish was The herders. It has 2 seats, and 3 people had it as their first wish." in told
    assert not any(one.name in told for one in people if one is not second and one.name)


def test_roles_page_lets_the_worker_work_it_out_and_gives_the_roles(client: FlaskClient, game: Event) -> None:
    ada = join(game, "Ada Lind", "herders")
    sign_in(client, Role.ORGANIZER)
    path = "/en/organise/events/the-river/roles"

    asked = post(client, path, {"seed": "7"})
    waiting = page(client, path)
    state = client.get(f"{path}.json").json
    follow_up()
    done = page(client, path)
    run = done.one("input", name="run").get("value")
    post(client, f"{path}/approve", {"run": run}, page=path)

    assert asked.status_code == 303
    assert [e.get("value") for e in waiting.all("progress")] == ["0"]
    assert (state, client.get(f"{path}.json").json) == (
        {"progress": 0, "done": False},
        {"progress": 100, "done": True},
    )
    assert "Seed 7" in done.main
    assert held(ada) == ["herders"]
    assert "The roles are given" in page(client, path).main


def test_roles_page_says_what_contradicts(client: FlaskClient, app_ctx: Flask) -> None:
    del app_ctx
    roles = [{"key": "herders", "seats": 6, "seats_min": 3, "name": {"en": "Herders"}}]
    event = make_game(key="the-river", roleplay={"roles": roles})
    join(event, "Ada")
    allocate(event)
    sign_in(client, Role.ORGANIZER)

    assert (
        "The roles need at least 3 people, and 1 are there." in page(client, "/en/organise/events/the-river/roles").main
    )


def test_roles_page_shows_who_would_change(client: FlaskClient, game: Event) -> None:
    ada = join(game, "Ada Lind", "herders")
    give_roles(game)
    services.reopen(game.id, by=organizer())
    services.set_wishes(ada.id, services.Wishes(wishes=("media",)))
    allocate(game)
    sign_in(client, Role.ORGANIZER)

    shown = page(client, "/en/organise/events/the-river/roles").main

    assert "1 person would have another role than before." in shown
    assert "before: The herders" in shown


def test_person_page_places_somebody_by_hand(client: FlaskClient, game: Event) -> None:
    ada = join(game, "Ada Lind", "herders")
    sign_in(client, Role.ORGANIZER)
    path = f"/en/organise/events/the-river/roles/{ada.code}"

    post(client, path, {"role": "media", "game": ""})
    give_roles(game)

    assert held(ada) == ["media"]
    assert "you by hand" in page(client, path).main


def test_apart_keeps_two_on_different_sides(client: FlaskClient, game: Event) -> None:
    ada, bo = join(game, "Ada", "herders"), join(game, "Bo", "herders")
    sign_in(client, Role.ORGANIZER)
    desk = "/en/organise/events/the-river/roles"

    post(client, "/en/organise/events/the-river/apart", {"one": ada.code, "other": bo.code.lower()}, page=desk)
    give_roles(game)
    wrong = post(client, "/en/organise/events/the-river/apart", {"one": ada.code, "other": "NOBODY"}, page=desk)

    assert "herders" in held(ada) + held(bo)
    assert held(ada) != held(bo)
    assert (wrong.status_code, "No registration has this reference" in wrong.text) == (422, True)


def test_cast_export_has_wish_and_role_and_no_brief(client: FlaskClient, game: Event) -> None:
    ada = join(game, "Ada Lind", "media", "herders")
    give_roles(game)
    sign_in(client, Role.ORGANIZER)

    answer = client.get("/en/organise/events/the-river/roles.csv")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))

    assert rows == [
        ["code", "name", "person", "group", "game", "party", "role", "wish", "by_hand", "waits_for_consent"],
        [ada.code, "Ada Lind", "1", "", "", "", "The radio", "1", "no", "no"],
    ]
    assert client.get("/en/organise/events/the-river/roles.xlsx").data[:2] == b"PK"


def test_wishes_export_counts_people_and_names_nobody(client: FlaskClient, game: Event) -> None:
    ada = join(game, "Ada Lind", "media", "herders", party=2)
    services.set_wishes(ada.id, services.Wishes(wishes=("media", "herders"), refused=frozenset({"ministry"})))
    sign_in(client, Role.ORGANIZER)

    text = client.get("/en/organise/events/the-river/wishes.csv").get_data(as_text=True)

    assert text.removeprefix("\ufeff").splitlines() == [
        '"role","party","seats","least","first","second","third","not_this_one"',
        '"The herders","Upstream","2","0","0","2","0","0"',
        '"The ministry","","2","0","0","0","0","2"',
        '"The radio","","2","0","2","0","0","0"',
    ]


def test_cast_is_printed_with_names_and_timetable(client: FlaskClient, app_ctx: Flask) -> None:
    del app_ctx
    agenda = [{"minutes": 30, "title": {"en": "Gathering"}}, {"minutes": 60, "title": {"en": "Round one"}}]
    event = make_game(key="the-river", agenda=agenda)
    join(event, "Ada Lind", "media")
    give_roles(event)
    sign_in(client, Role.ORGANIZER)

    shown = page(client, "/en/organise/events/the-river/cast").main

    assert "Ada Lind" in shown
    assert "18:30–19:30Round one60" in shown
    assert "canary" not in shown


def test_briefs_are_written_on_their_page_by_game_masters(client: FlaskClient, game: Event) -> None:
    lead = sign_in(client, Role.ORGANIZER)
    services.add_facilitator(game.id, lead.email, by=SYSTEM)
    path = "/en/organise/events/the-river/briefs"
    shown = page(client, path)
    name = next(e.get("name") for e in shown.all("textarea") if "canary-bridge" in (e.text or ""))
    values = {str(e.get("name")): e.text or "" for e in shown.all("textarea")}

    post(client, path, {**values, str(name): "Nytt hemligt uppdrag"})

    again = page(client, path).html
    assert "Nytt hemligt uppdrag" in again
    assert "canary-bridge" not in again
    assert "canary-rumour" in again


def test_an_hour_that_clocks_skip_is_refused_on_the_page_of_briefs(client: FlaskClient, game: Event) -> None:
    lead = sign_in(client, Role.ORGANIZER)
    services.add_facilitator(game.id, lead.email, by=SYSTEM)
    path = "/en/organise/events/the-river/briefs"

    answer = post(client, path, {"action": "release", "at": "2027-03-28T02:30"})

    shown = check(path, answer)
    assert answer.status_code == 422
    assert "does not exist" in words(shown.one("div", id="error-summary"))
    assert shown.one("input", name="at").get("value") == "2027-03-28T02:30"


def test_debriefing_is_sent_once_and_shown_from_five_answers(client: FlaskClient, game: Event) -> None:
    ada = join(game, "Ada Lind")
    results = "/en/organise/events/the-river/debriefing"
    wall = f"/en/debriefings/{link_token(game.uid, DEBRIEFING)}"

    early = client.get(wall).status_code
    with clock.fixed(AFTER):
        path = own(ada, "/debriefing")
        fields = client.get(path).text
    with clock.fixed(AFTER + timedelta(seconds=10)):
        sent = client.post(path, data={**hidden_fields(fields), "q0": "That it was so hard", "q1": "4"})
        sign_in(client, Role.ORGANIZER)
        for _ in range(3):
            services.answer(game.id, ["Nothing", 5])
        four = page(client, results).main
        services.answer(game.id, ["Nothing", 5])
        five = page(client, results).main
        wall_now = client.get(wall).status_code

    assert (early, sent.status_code, wall_now) == (404, 303, 200)
    assert "so hard" not in four
    assert "so hard" in five
    assert "4.8 of 5" in five


def test_game_masters_link_shows_refused_looks(client: FlaskClient, game: Event) -> None:
    services.note_look(game.id, "role:herders", "link", "moved")
    token = make_pass(game.id, "facilitator", "Rummet", by=SYSTEM)

    shown = page(client, f"/en/game-masters/{token}").main

    assert "the role has moved to somebody else" in shown


def test_other_kinds_have_none_of_these_pages(client: FlaskClient, app_ctx: Flask) -> None:
    del app_ctx
    make_event(key="a-lecture")
    sign_in(client, Role.ORGANIZER)

    for word in ("roles", "briefs", "cast", "facilitators", "debriefing", "roles.csv", "role-cards"):
        assert client.get(f"/en/organise/events/a-lecture/{word}").status_code == 404, word
