"""Hearing: a host, an agenda to the minute, names as on the identity document, and the list in time."""

from dataclasses import replace
from datetime import timedelta

from cag_events.domain.event import AgendaItem, Registration, RegistrationMode, VenueRef
from cag_events.kinds.hearing import Hearing, Panelist, Session, Speaking, names_nobody
from tests.kinds.drafts import advised, draft, part, person, refused

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


def test_advice_asks_for_the_question_and_who_chairs() -> None:
    asked = Hearing(hearing=replace(HOSTED.hearing, question={"en": "What can be done?"}))

    assert advised(draft("hearing", HOSTED)) == ["hearing.question", "hearing.no_chair"]
    assert advised(draft("hearing", asked, people=(person("folke", "chair"),))) == []


def test_publish_rules_want_exactly_one_chair() -> None:
    seats = (Panelist(function={"en": "Member"}), Panelist(function={"en": "Deputy"}))
    for chairs, codes in ((0, ["hearing.chair"]), (1, []), (2, ["hearing.chair"])):
        panel = tuple(replace(seat, chair=number < chairs) for number, seat in enumerate(seats))
        kind = Hearing(hearing=replace(HOSTED.hearing, panel=panel))
        assert refused(draft("hearing", kind, agenda=AGENDA)) == codes


def test_publish_rules_refuse_a_seat_of_nobody_and_strangers_in_the_panel() -> None:
    empty = Hearing(hearing=replace(HOSTED.hearing, panel=(Panelist(chair=True),)))
    strange = Hearing(hearing=replace(HOSTED.hearing, panel=(Panelist(who="aida", chair=True),)))

    assert refused(draft("hearing", empty, agenda=AGENDA)) == ["hearing.seat"]
    assert refused(draft("hearing", strange, agenda=AGENDA)) == ["hearing.strangers"]
    assert refused(draft("hearing", strange, agenda=AGENDA, people=(person("aida", "chair"),))) == []


def test_publish_rules_refuse_speakers_who_do_not_fit_into_their_item() -> None:
    agenda = (AgendaItem(minutes=60, title={"en": "Questions"}), AgendaItem(minutes=30, title={"en": "The floor"}))
    closed = (agenda[0], replace(agenda[1], closed=True))
    cases = (
        (Speaking(item=2, minutes=3, most=10), agenda, []),
        (Speaking(item=2, minutes=3, most=11), agenda, ["hearing.speaking_minutes"]),
        (Speaking(item=3), agenda, ["hearing.speaking_item"]),
        (Speaking(item=2, minutes=3), closed, ["hearing.speaking_closed"]),
        (Speaking(), agenda, []),
    )
    for rules, items, codes in cases:
        kind = Hearing(hearing=replace(HOSTED.hearing, speaking=rules))
        assert refused(draft("hearing", kind, agenda=items)) == codes


def test_names_nobody_at_a_round_table_and_where_the_rule_is_set() -> None:
    quiet = Hearing(hearing=replace(HOSTED.hearing, chatham_house=True))

    assert [names_nobody(form, kind) for form, kind in (("", HOSTED), ("round_table", HOSTED), ("", quiet))] == [
        False,
        True,
        True,
    ]
