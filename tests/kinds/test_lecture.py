"""Lecture: cultural programmes are open and long enough; a speaker is advised, not required."""

from cag_events.domain.event import AgendaItem, Registration, RegistrationMode, Visibility
from cag_events.kinds.lecture import Lecture, Talk
from tests.kinds.drafts import advised, draft, part, person, refused

CULTURE = Lecture(lecture=Talk(culture_programme=True))


def test_publish_rules_ask_nothing_of_a_plain_lecture() -> None:
    assert refused(draft("lecture")) == []


def test_advice_asks_for_a_speaker_when_only_a_moderator_is_named() -> None:
    assert advised(draft("lecture", people=(person("bo", "moderator"),))) == ["lecture.speaker"]
    assert advised(draft("lecture", people=(person("ada", "speaker"),))) == []


def test_publish_rules_refuse_a_cultural_programme_that_is_too_short() -> None:
    assert refused(draft("lecture", CULTURE, occurrences=(part(minutes=29),))) == ["lecture.short"]
    assert refused(draft("lecture", CULTURE, occurrences=(part(minutes=30),))) == []


def test_publish_rules_refuse_a_cultural_programme_that_is_not_for_all() -> None:
    invited = Registration(mode=RegistrationMode.INVITE, capacity=30)

    assert refused(draft("lecture", CULTURE, registration=invited)) == ["lecture.not_open"]
    assert refused(draft("lecture", CULTURE, visibility=Visibility.MEMBERS)) == ["lecture.not_open"]
    assert refused(draft("lecture", CULTURE, registration=Registration(mode=RegistrationMode.NONE))) == []


def test_publish_rules_refuse_an_agenda_that_is_a_minute_off() -> None:
    agenda = (AgendaItem(minutes=60, title={"en": "Talk"}), AgendaItem(minutes=30, title={"en": "Questions"}))

    assert refused(draft("lecture", agenda=agenda)) == []
    assert refused(draft("lecture", agenda=agenda, occurrences=(part(minutes=91),))) == ["agenda.minutes"]
    assert refused(draft("lecture", agenda=agenda, occurrences=(part(minutes=89),))) == ["agenda.minutes"]


def test_publish_rules_refuse_an_agenda_that_names_a_stranger() -> None:
    agenda = (AgendaItem(minutes=90, title={"en": "Talk"}, who=("ada",)),)

    assert refused(draft("lecture", agenda=agenda, people=(person("ada"),))) == []
    assert refused(draft("lecture", agenda=agenda, people=(person("bo"),))) == ["agenda.people"]
