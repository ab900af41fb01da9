"""Lecture: cultural programmes are open; a speaker is advised, not required, and told of only if they may be named."""

from dataclasses import replace

from cag_events.domain.disclosure import STRANGER, TEAM, disclose
from cag_events.domain.event import AgendaItem, Registration, RegistrationMode, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.kinds import details_of, read_details, split_details, write_details
from cag_events.kinds.lecture import Lecture, Speaker, Talk
from tests.kinds.drafts import NOW, advised, draft, part, person, record, refused

CULTURE = Lecture(lecture=Talk(culture_programme=True))


def test_publish_rules_ask_nothing_of_a_plain_lecture() -> None:
    assert refused(draft("lecture")) == []


def test_advice_asks_for_a_speaker_when_only_a_moderator_is_named() -> None:
    assert advised(draft("lecture", people=(person("bo", "moderator"),))) == ["lecture.speaker"]
    assert advised(draft("lecture", people=(person("ada", "speaker"),))) == []


def test_publish_rules_refuse_to_tell_about_a_speaker_who_does_not_take_part() -> None:
    told = Lecture(lecture=Talk(speakers=(Speaker(who="ada", bio={"en": "Writes."}),)))

    assert refused(draft("lecture", told, people=(person("bo"),))) == ["lecture.strangers"]
    assert refused(draft("lecture", told, people=(person("ada"),))) == []


def test_details_shown_to_visitors_drop_the_words_about_a_speaker_who_may_not_be_named() -> None:
    told = Lecture(
        lecture=Talk(
            speakers=(
                Speaker(who="ada", bio={"en": "Open words."}, pronouns="she", photo_consent="yes"),
                Speaker(who="bo", bio={"en": "Hidden words."}, pronouns="he", photo_consent="no"),
            )
        )
    )
    shown, team = split_details("lecture", write_details("lecture", told))
    people = (person("ada"), replace(person("bo"), named=False))
    one = record("lecture", details=shown, team_details=team, people=people, status=Status.PUBLISHED)

    seen = read_details("lecture", disclose(one, STRANGER, NOW).details)
    team_sees = details_of(disclose(one, TEAM, NOW))

    assert seen.lecture.speakers == (Speaker(who="ada", bio={"en": "Open words."}, pronouns="she"),)
    assert team_sees == told


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
