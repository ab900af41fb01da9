"""Groups with a leader's code, guardians, the debriefing, and how long all of it is kept."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from cag_events import clock, retention
from cag_events.db import db, transaction
from cag_events.domain.allocation import Keep
from cag_events.domain.errors import NotFound, Refused
from cag_events.events.queries import get_record
from cag_events.outbox.delivery import follow_up
from cag_events.outbox.models import Message
from cag_events.roleplays import services
from cag_events.roleplays.codes import group_code_index, new_group_code
from cag_events.roleplays.models import Brief, Debriefing, Look, Player, RoleSeat, SchoolGroup
from cag_events.roleplays.queries import briefs_of, debriefings_of, group_of, members_of, problem_of
from cag_events.web import throttle
from tests.conftest import NOW
from tests.factories import make_event
from tests.roleplays.games import give_roles, held, join, make_game, organizer

pytestmark = pytest.mark.usefixtures("any_ctx")


def refused(code: str) -> Any:
    return pytest.raises(Refused, check=lambda refusal: refusal.code == code)


def test_group_is_joined_by_its_code_however_it_is_typed() -> None:
    event = make_game()
    teacher, ada = join(event, "Tea Cher"), join(event, "Ada Lind")
    group = services.make_group(teacher.id, "2b", plays=False)
    code = group.code or ""

    services.join_group(ada.id, code.lower().replace("-", " "))

    assert [row.name for row, _ in members_of(group.id)] == ["Tea Cher", "Ada Lind"]
    assert [player.id for player in problem_of(get_record(event.id), seed=0).players] == [ada.id]


def test_group_code_opens_no_group_of_another_event() -> None:
    code = new_group_code()

    assert group_code_index(1, code) == group_code_index(1, code.replace("-", ""))
    assert group_code_index(1, code) != group_code_index(2, code)


def test_join_group_is_refused_with_a_wrong_code_and_when_the_group_is_complete() -> None:
    event = make_game()
    teacher, ada = join(event, "Tea"), join(event, "Ada")
    group = services.make_group(teacher.id, "2b", plays=True)
    code = group.code or ""
    services.set_complete(teacher.id, is_complete=True)

    with refused("roleplay.code"):
        services.join_group(ada.id, "AAAA-AAAA")
    with refused("roleplay.group_complete"):
        services.join_group(ada.id, code)
    assert group_of(ada.id) is None


def test_join_group_counts_tries() -> None:
    ada = join(make_game(), "Ada")

    for _ in range(10):
        with refused("roleplay.code"):
            services.join_group(ada.id, "AAAA-AAAA")

    with pytest.raises(throttle.TooMany):
        services.join_group(ada.id, "AAAA-AAAA")


def test_set_complete_is_the_leaders_alone() -> None:
    event = make_game()
    teacher, ada = join(event, "Tea"), join(event, "Ada")
    services.join_group(ada.id, services.make_group(teacher.id, "2b", plays=True).code or "")

    with pytest.raises(NotFound):
        services.set_complete(ada.id, is_complete=True)


def test_group_ends_when_its_leader_leaves_it() -> None:
    event = make_game()
    teacher, ada = join(event, "Tea"), join(event, "Ada")
    services.join_group(ada.id, services.make_group(teacher.id, "2b", plays=True).code or "")

    services.leave_group(teacher.id)

    assert group_of(ada.id) is None
    assert db.session.scalar(select(func.count()).select_from(SchoolGroup)) == 0


def test_group_stays_in_one_game_or_is_spread_as_the_organizer_says() -> None:
    event = make_game(roleplay={"groups": 2})
    people = [join(event, name) for name in ("Ada", "Bo")]
    group = services.make_group(people[0].id, "2b", plays=True)
    services.join_group(people[1].id, group.code or "")

    def games(keep: Keep) -> int:
        services.keep_group(event.id, group.row_id, keep, by=organizer())
        give_roles(event)
        services.reopen(event.id, by=organizer())
        return len(set(db.session.scalars(select(RoleSeat.game).where(RoleSeat.ended_at.is_(None)))))

    assert (games(Keep.TOGETHER), games(Keep.SPREAD)) == (1, 2)


def test_role_waits_for_the_guardian_and_is_told_of_then() -> None:
    event = make_game(min_age=16)
    ada = join(event, "Ada", "herders")
    services.set_age(ada.id, is_minor=True)
    give_roles(event)
    follow_up()

    def told() -> int:
        return db.session.scalar(select(func.count()).where(Message.kind == "role")) or 0

    before = told()
    services.agree(ada.id, "Mor Lind")
    follow_up()

    assert held(ada) == ["herders"]
    assert (before, told()) == (0, 1)


def test_guardian_is_sealed_and_forgotten_when_somebody_is_grown_up() -> None:
    ada = join(make_game(min_age=16), "Ada")
    services.agree(ada.id, "Mor Lind")
    player = db.session.get_one(Player, ada.id)

    sealed = player.guardian_sealed or b""
    assert player.guardian == "Mor Lind"
    assert b"Lind" not in sealed
    services.set_age(ada.id, is_minor=False)
    assert (player.guardian, player.agreed_at) == (None, None)


def test_debriefing_is_open_from_the_end_and_taken_once() -> None:
    event = make_game()
    ada = join(event, "Ada")

    with refused("roleplay.debriefing_closed"):
        services.answer(event.id, ["Much", 4], registration_id=ada.id)
    with clock.fixed(NOW + timedelta(days=13)):
        services.answer(event.id, ["Much", 4], registration_id=ada.id)
        with refused("roleplay.debriefed"):
            services.answer(event.id, ["More", 5], registration_id=ada.id)
        with refused("roleplay.debriefing_empty"):
            services.answer(event.id, [None, 9])

    assert debriefings_of(event.id) == [["Much", 4]]
    assert {column.name for column in Debriefing.__table__.columns} == {
        "row_id",
        "event_id",
        "answers_sealed",
        "keep_until",
    }


def test_retention_deletes_people_with_their_registrations_and_keeps_briefs(tmp_path: Path) -> None:
    event = make_game()
    ada = join(event, "Ada", "herders")
    services.make_group(ada.id, "2b", plays=True)
    give_roles(event)

    def left() -> list[int]:
        tables = (Player, SchoolGroup, RoleSeat)
        return [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]

    for days, expected in ((41, [1, 1, 1]), (42, [0, 0, 0])):
        with clock.fixed(NOW + timedelta(days=days)):
            receipt = retention.run(tmp_path)
            db.session.expire_all()
            assert (receipt.faults, left()) == (0, expected)
    assert briefs_of(event.id)["role:herders"] == {"sv": "canary-bridge"}


def test_erase_leaves_nothing_of_somebody() -> None:
    event = make_game()
    ada = join(event, "Ada", "herders")
    services.make_group(ada.id, "2b", plays=True)
    give_roles(event)

    with transaction():
        services.erase(ada.id)

    assert db.session.get(Player, ada.id) is None
    assert group_of(ada.id) is None
    assert held(ada) == []


def test_copy_gives_another_event_the_briefs_sealed_anew() -> None:
    event, other = make_game(), make_event(kind="roleplay")
    services.copy(event.id, other.id, 7)
    services.keep_briefs(event.id, {"roleplay.roles[].brief": [("herders", {"sv": "another"})]})

    assert briefs_of(event.id)["role:herders"] == {"sv": "another"}
    assert briefs_of(other.id)["role:herders"] == {"sv": "canary-bridge"}
    assert b"canary" not in b"".join(db.session.scalars(select(Brief.texts_sealed)))


def test_delete_old_deletes_debriefings_and_looks_whose_day_has_come_and_no_others() -> None:
    event = make_game()
    with transaction():
        for days in (0, 1):
            db.session.add(Debriefing(event_id=event.id, answers="[]", keep_until=NOW.date() + timedelta(days=days)))
            db.session.add(Look(event_id=event.id, at=NOW - timedelta(days=366 - days * 2), who="link", why="moved"))

    first, second = services.delete_old(NOW), services.delete_old(NOW)

    assert (first, second) == (2, 0)
    assert [db.session.scalar(select(func.count()).select_from(table)) for table in (Debriefing, Look)] == [1, 1]
