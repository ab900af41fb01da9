"""Role-play: roles whose seats are those of the event."""

from dataclasses import replace

import pytest

from cag_events.domain.event import Registration, RegistrationMode
from cag_events.kinds import split_details, write_details
from cag_events.kinds.roleplay import KIND, Apart, Part, Party, Play, Roleplay
from tests.kinds.drafts import advised, draft, person, refused

HERDERS = Part(key="herders", seats=18, name={"en": "The herders"})
MINISTRY = Part(key="ministry", seats=12, name={"en": "The ministry"})
PLAY = Play(scenario={"en": "The river"}, groups=2, roles=(HERDERS, MINISTRY), opt_out={"en": "Raise your hand."})


def roleplay(**changes: object) -> Roleplay:
    return Roleplay(roleplay=replace(PLAY, **changes))  # type: ignore[arg-type]


def test_publish_rules_ask_for_scenario_and_roles() -> None:
    assert refused(draft("roleplay")) == ["roleplay.scenario", "roleplay.roles"]
    assert refused(draft("roleplay", roleplay())) == []


def test_publish_rules_ask_for_two_roles_with_name_and_seats() -> None:
    alone = replace(HERDERS, seats=30)

    assert refused(draft("roleplay", roleplay(roles=(alone,)))) == ["roleplay.roles_part"]
    unnamed = (HERDERS, replace(MINISTRY, name={}))
    assert refused(draft("roleplay", roleplay(roles=unnamed))) == ["roleplay.roles_part"]


def test_publish_rules_refuse_one_seat_too_few_and_allow_one_more() -> None:
    def rules(seats: int) -> list[str]:
        return refused(draft("roleplay", roleplay(roles=(HERDERS, replace(MINISTRY, seats=seats)))))

    assert rules(11) == ["roleplay.seats"]
    assert rules(12) == rules(13) == []


def test_publish_rules_refuse_a_game_that_needs_one_person_more_than_may_come() -> None:
    def rules(fewest: int) -> list[str]:
        return refused(draft("roleplay", roleplay(roles=(replace(HERDERS, seats=40, seats_min=fewest), MINISTRY))))

    assert rules(30) == []
    assert rules(31) == ["roleplay.fewest"]
    must = replace(MINISTRY, must_be_filled=True)  # in both games
    assert refused(draft("roleplay", roleplay(roles=(replace(HERDERS, seats=40, seats_min=29), must)))) == [
        "roleplay.fewest"
    ]


def test_publish_rules_count_no_seats_where_nobody_registers() -> None:
    free = Registration(mode=RegistrationMode.NONE)

    assert refused(draft("roleplay", roleplay(), registration=free)) == []


def test_advice_misses_way_out_rounds_and_game_master() -> None:
    bare = roleplay(opt_out={})

    assert advised(draft("roleplay", bare)) == ["roleplay.opt_out", "roleplay.agenda", "roleplay.game_master"]
    assert advised(draft("roleplay", roleplay(), people=(person("bo", "game_master"),))) == ["roleplay.agenda"]


def test_faults_name_both_roles_of_one_key() -> None:
    twice = roleplay(roles=(HERDERS, replace(MINISTRY, key="herders")))

    assert [path for path, _ in KIND.faults(twice)] == ["roleplay.roles[0].key", "roleplay.roles[1].key"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"party": "nobody"}, "roleplay.roles[0].party"),
        ({"seats_min": 19}, "roleplay.roles[0].seats_min"),
        ({"must_be_filled": True, "seats": 1}, "roleplay.roles[0].seats"),
        ({"level": "B1"}, "roleplay.roles[0].level"),
        ({"language": "sv", "level": "B3"}, "roleplay.roles[0].level"),
    ],
)
def test_faults_name_what_a_role_cannot_be(changes: dict[str, object], path: str) -> None:
    wrong = roleplay(roles=(replace(HERDERS, **changes), MINISTRY))  # type: ignore[arg-type]

    assert [place for place, _ in KIND.faults(wrong)] == [path]
    right = {"party": "east", "seats_min": 18, "must_be_filled": True, "seats": 18, "language": "sv", "level": "B1"}
    fine = roleplay(parties=(Party(key="east"),), roles=(replace(HERDERS, **right), MINISTRY))  # type: ignore[arg-type]
    assert list(KIND.faults(fine)) == []


def test_faults_name_pairs_of_roles_that_are_none() -> None:
    wrong = roleplay(apart=(Apart(first="herders", second="nobody"), Apart(first="ministry", second="ministry")))

    assert [place for place, _ in KIND.faults(wrong)] == ["roleplay.apart[0].second", "roleplay.apart[1].second"]


def test_details_never_hold_a_brief_wherever_it_comes_from() -> None:
    written = roleplay(
        parties=(Party(key="east", brief={"en": "canary-party"}),),
        roles=(replace(HERDERS, brief={"en": "canary-role"}), MINISTRY),
    )
    stored = {"roleplay": {"roles": [{"key": "herders", "brief": {"en": "canary-role"}}], "parties": []}}

    shown, team = split_details("roleplay", stored)

    assert "canary" not in str(write_details("roleplay", written))
    assert (shown, team) == ({"roleplay": {"roles": [{"key": "herders"}], "parties": []}}, {})
