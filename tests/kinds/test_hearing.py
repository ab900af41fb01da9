"""Hearing: a host, an agenda to the minute, names as on the identity document, and the list in time."""

from dataclasses import replace
from datetime import timedelta

from cag_events.domain.event import AgendaItem, Registration, RegistrationMode, VenueRef
from cag_events.kinds.hearing import Hearing, Session
from tests.kinds.drafts import advised, draft, part, refused

HOSTED = Hearing(hearing=Session(host_role={"en": "Member of the committee"}))
AGENDA = (AgendaItem(minutes=90, title={"en": "Questions"}),)
PARLIAMENT = VenueRef(key="parliament", name={"en": "Parliament"}, tz="Europe/Stockholm", visitor_list_hours=48)
START = part().starts_at


def test_publish_rules_ask_for_host_and_agenda() -> None:
    assert refused(draft("hearing")) == ["hearing.host", "hearing.agenda"]
    assert refused(draft("hearing", HOSTED, agenda=AGENDA)) == []


def test_publish_rules_refuse_an_agenda_that_is_a_minute_off() -> None:
    assert refused(draft("hearing", HOSTED, agenda=(replace(AGENDA[0], minutes=89),))) == ["agenda.minutes"]
    assert refused(draft("hearing", HOSTED, agenda=(replace(AGENDA[0], minutes=91),))) == ["agenda.minutes"]


def test_publish_rules_ask_for_the_name_on_the_identity_document_where_the_house_checks_it() -> None:
    checked = Hearing(hearing=replace(HOSTED.hearing, id_required=True))
    asked = Registration(mode=RegistrationMode.OPEN, capacity=30, ask=("id_name",))

    assert refused(draft("hearing", checked, agenda=AGENDA)) == ["hearing.id_name"]
    assert refused(draft("hearing", HOSTED, agenda=AGENDA, venue=PARLIAMENT)) == ["hearing.id_name"]
    assert refused(draft("hearing", checked, agenda=AGENDA, registration=asked)) == []
    assert refused(draft("hearing", checked, agenda=AGENDA, registration=Registration())) == []


def test_publish_rules_refuse_to_take_names_after_the_venue_needs_its_list() -> None:
    for minutes, codes in ((0, []), (1, ["hearing.closes_late"])):
        closing = Registration(
            mode=RegistrationMode.OPEN,
            capacity=30,
            ask=("id_name",),
            closes_at=START - timedelta(hours=48) + timedelta(minutes=minutes),
        )
        assert refused(draft("hearing", HOSTED, agenda=AGENDA, venue=PARLIAMENT, registration=closing)) == codes


def test_advice_asks_for_the_question() -> None:
    asked = Hearing(hearing=replace(HOSTED.hearing, question={"en": "What can be done?"}))

    assert advised(draft("hearing", HOSTED)) == ["hearing.question"]
    assert advised(draft("hearing", asked)) == []
