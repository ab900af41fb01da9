"""Workshop: seats for the fewest people, and ages that make sense."""

from cag_events.domain.event import Registration, RegistrationMode
from cag_events.kinds.workshop import Frame, Workshop
from tests.kinds.drafts import advised, draft, person, refused


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
