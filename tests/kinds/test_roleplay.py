"""Role-play: roles whose seats are those of the event."""

from dataclasses import replace

from cag_events.domain.event import Registration, RegistrationMode
from cag_events.kinds.roleplay import KIND, Part, Play, Roleplay
from tests.kinds.drafts import advised, draft, person, refused

HERDERS = Part(key="herders", seats=18, name={"en": "The herders"}, brief={"en": "You need the bridge."})
MINISTRY = Part(key="ministry", seats=12, name={"en": "The ministry"}, brief={"en": "You promise."})
PLAY = Play(scenario={"en": "The river"}, groups=2, roles=(HERDERS, MINISTRY))


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


def test_publish_rules_refuse_seats_that_are_one_more_or_less() -> None:
    for seats in (11, 13):
        roles = (HERDERS, replace(MINISTRY, seats=seats))
        assert refused(draft("roleplay", roleplay(roles=roles))) == ["roleplay.seats"]


def test_publish_rules_count_no_seats_where_nobody_registers() -> None:
    free = Registration(mode=RegistrationMode.NONE)

    assert refused(draft("roleplay", roleplay(), registration=free)) == []


def test_advice_misses_rounds_game_master_and_briefs() -> None:
    bare = roleplay(roles=(HERDERS, replace(MINISTRY, brief={})))

    assert advised(draft("roleplay", bare)) == ["roleplay.agenda", "roleplay.game_master", "roleplay.briefs"]
    assert advised(draft("roleplay", roleplay(), people=(person("bo", "game_master"),))) == ["roleplay.agenda"]


def test_faults_name_both_roles_of_one_key() -> None:
    twice = roleplay(roles=(HERDERS, replace(MINISTRY, key="herders")))

    assert [path for path, _ in KIND.faults(twice)] == ["roleplay.roles[0].key", "roleplay.roles[1].key"]
