"""Workshop: seats for the fewest people, a day to decide, a balance within the seats, amounts of a kit."""

from datetime import UTC, date, datetime

import pytest

from cag_events.domain.event import Registration, RegistrationMode
from cag_events.kinds import KINDS
from cag_events.kinds.workshop import ONCE, PER_GROUP, Frame, KitItem, Target, Workshop, faults
from tests.kinds.drafts import advised, draft, person, record, refused


def test_publish_rules_accept_a_workshop_of_which_nothing_more_is_said() -> None:
    assert refused(draft("workshop")) == []


def test_publish_rules_refuse_registration_without_seats() -> None:
    assert refused(draft("workshop", registration=Registration(mode=RegistrationMode.OPEN))) == ["workshop.seats"]
    online = Registration(mode=RegistrationMode.OPEN, online_capacity=5)
    assert refused(draft("workshop", registration=online)) == []
    assert refused(draft("workshop", registration=Registration())) == []


def test_publish_rules_refuse_fewer_seats_than_people_needed() -> None:
    assert refused(draft("workshop", Workshop(workshop=Frame(min_people=30)))) == []
    assert refused(draft("workshop", Workshop(workshop=Frame(min_people=31)))) == ["workshop.too_few_seats"]


def test_publish_rules_refuse_a_day_to_decide_without_a_number() -> None:
    assert refused(draft("workshop", Workshop(workshop=Frame(decide_days=7)))) == ["workshop.decide"]
    assert refused(draft("workshop", Workshop(workshop=Frame(decide_days=7, min_people=5)))) == []


def test_publish_rules_refuse_ages_in_the_wrong_order() -> None:
    assert refused(draft("workshop", min_age=16, max_age=15)) == ["workshop.ages"]
    assert refused(draft("workshop", min_age=16, max_age=16)) == []


def test_advice_asks_for_a_facilitator() -> None:
    assert advised(draft("workshop")) == ["workshop.facilitator"]
    assert advised(draft("workshop", people=(person("bo", "facilitator"),))) == []


def test_publish_rules_refuse_a_decision_on_the_day_on_which_registration_opens() -> None:
    details = Workshop(workshop=Frame(min_people=5, decide_days=7))  # 26 November

    def opening(day: int) -> Registration:
        return Registration(mode=RegistrationMode.OPEN, capacity=30, opens_at=datetime(2026, 11, day, 9, 0, tzinfo=UTC))

    assert refused(draft("workshop", details, registration=opening(25))) == []
    assert refused(draft("workshop", details, registration=opening(26))) == ["workshop.decide_early"]


@pytest.mark.parametrize(
    ("targets", "codes"),
    [
        ((Target(segment="students", seats=20), Target(segment="schools", seats=10)), []),
        ((Target(segment="students", seats=20), Target(segment="schools", seats=11)), ["workshop.targets"]),
        ((Target(segment="students", share=50), Target(segment="schools", share=50)), []),
        ((Target(segment="students", share=50), Target(segment="schools", share=51)), ["workshop.targets"]),
        ((Target(segment="students", share=50), Target(segment="schools", seats=16)), ["workshop.targets"]),
    ],
)
def test_publish_rules_keep_targets_within_the_seats(targets: tuple[Target, ...], codes: list[str]) -> None:
    approval = Registration(mode=RegistrationMode.APPROVAL, capacity=30)
    details = Workshop(workshop=Frame(targets=targets, selection={"en": "We mix."}))

    assert refused(draft("workshop", details, registration=approval)) == codes


def test_faults_name_a_segment_given_twice_and_a_target_said_in_two_ways() -> None:
    targets = (
        Target(segment="students", seats=1),
        Target(segment="students", share=1),
        Target(segment="schools"),
        Target(segment="culture", seats=1, share=1),
    )

    assert [path for path, _text in faults(Workshop(workshop=Frame(targets=targets)))] == [
        "workshop.targets[0].segment",
        "workshop.targets[1].segment",
        "workshop.targets[2].seats",
        "workshop.targets[3].seats",
    ]


def test_aims_are_people_of_all_seats() -> None:
    frame = Frame(
        targets=(Target(segment="students", share=25), Target(segment="schools", seats=4)), first_time_share=30
    )

    aims = frame.aims(18)

    assert (dict(aims.segments), aims.first_time) == ({"students": 5, "schools": 4}, 5)


@pytest.mark.parametrize(
    ("item", "needed"),
    [
        (KitItem(amount=2), 26),
        (KitItem(amount=2, per=PER_GROUP), 8),  # 13 people are four groups of four
        (KitItem(amount=2, per=ONCE), 2),
    ],
)
def test_needed_counts_for_each_person_for_each_group_or_once(item: KitItem, needed: int) -> None:
    assert item.needed(13, 4) == needed


def test_days_are_counted_back_from_the_day_where_the_workshop_is() -> None:
    late = record("workshop", tz="Asia/Bishkek", starts_at=datetime(2026, 12, 3, 20, 0, tzinfo=UTC))  # the 4th there
    frame = Frame(min_people=5, decide_days=7, ask_days=3)

    assert (frame.decide_on(late), frame.ask_on(late)) == (date(2026, 11, 27), date(2026, 12, 1))
    assert Frame(decide_days=7).decide_on(late) is None


def test_advice_asks_how_seats_are_given_where_each_is_approved() -> None:
    approval = Registration(mode=RegistrationMode.APPROVAL, capacity=30)
    bo = (person("bo", "facilitator"),)
    targets = Workshop(workshop=Frame(targets=(Target(segment="students", seats=2),)))

    assert advised(draft("workshop", registration=approval, people=bo)) == ["workshop.selection"]
    assert advised(draft("workshop", targets, people=bo)) == ["workshop.balance"]


def test_visitors_see_no_targets_notes_or_where_things_are_kept() -> None:
    assert set(KINDS["workshop"].team_only) == {
        "workshop.targets",
        "workshop.first_time_share",
        "workshop.kit[].note",
        "workshop.materials",
        "workshop.notes",
    }
