"""Mails before the start and after the end: to each with a seat, each once, never a burst, nothing that is too late."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from cag_events import clock
from cag_events.db import count_statements, db, transaction
from cag_events.domain.event import Safety
from cag_events.domain.reminding import Moment, Reminder, before, latest, rules_of, suits_late, thanks, told_together
from cag_events.events.models import Event
from cag_events.events.services import cancel_event, postpone_event
from cag_events.messages.queries.reminders import list_due_parts
from cag_events.messages.services.reminding import remind_due, thank_due
from cag_events.permissions import SYSTEM
from cag_events.registrations.models import RegistrationOccurrence
from cag_events.registrations.queries.people import occurrence_ids
from cag_events.registrations.services import withdraw
from tests.factories import at, make_event, make_venue
from tests.messages.given import TITLE, edited, fields_now, join, mailed, make_house, moved_to

DAY, WEEK = before(days=1), before(days=7)
START = at("2026-12-03T18:00")


def make_reminded(*rules: Reminder, starts: str = "2026-12-03T18:00", **values: object) -> Event:
    """An event with these rules."""
    event = make_event(title=TITLE, **({"starts": starts} if "dates" not in values else {}), **values)
    edited(event, reminders=rules)
    return event


def sent(kind: str = "registration.reminded") -> list[str]:
    """To whom such mails went, in order."""
    return [mail.to or "" for mail in mailed(kind)]


@pytest.mark.parametrize(
    ("hours_before", "hours"), [(200, None), (168, 168), (30, 168), (24, 24), (1, 24), (0, None), (-1, None)]
)
def test_latest_is_the_last_whose_moment_has_come_until_it_begins(hours_before: int, hours: int | None) -> None:
    found = latest((WEEK, DAY, thanks()), START, START - timedelta(hours=hours_before))

    assert (found.hours if found else None) == hours


def test_late_comers_get_what_says_something_or_is_the_last() -> None:
    noted = replace(WEEK, note={"en": "Read this."})

    assert [suits_late((WEEK, DAY), WEEK), suits_late((noted, DAY), noted), suits_late((WEEK, DAY), DAY)] == [
        False,
        True,
        True,
    ]


def test_parts_in_a_row_are_told_together_and_weeks_apart_are_not() -> None:
    days = {number: START + timedelta(days=number) for number in (1, 2, 3)}
    weeks = {number: START + timedelta(weeks=number) for number in (1, 2, 3)}

    assert told_together(days, 1, 24) == [1, 2, 3]
    assert [told_together(weeks, 1, 24), told_together(weeks, 2, 168)] == [[1], [2, 3]]


def test_a_guarded_event_asks_nobody_unless_its_own_rules_say_so() -> None:
    own = (thanks(),)

    assert [rule.survey for rule in rules_of(None, own, is_guarded=True)] == [False]
    assert [rule.survey for rule in rules_of(own, (), is_guarded=True)] == [True]
    assert rules_of((), own, is_guarded=False) == ()


def test_remind_mails_each_with_a_seat_once_at_the_moment(any_ctx: Flask) -> None:
    event = make_reminded(DAY, capacity=2)
    for number in (1, 2, 3):
        join(event, number)
    moment = START - timedelta(hours=24)

    with clock.fixed(moment - timedelta(seconds=1)):
        early = remind_due(clock.now())
    with clock.fixed(moment):
        done = [remind_due(clock.now()) for _time in range(3)]
        to = sent()

    assert (early, done, to) == (0, [2, 0, 0], ["p1@example.org", "p2@example.org"])


def test_a_worker_that_slept_sends_the_last_one_alone(any_ctx: Flask) -> None:
    event = make_reminded(WEEK, DAY, before(hours=1))
    join(event)

    with clock.fixed(START - timedelta(minutes=30)):
        assert [remind_due(clock.now()) for _time in range(3)] == [1, 0, 0]
        (mail,) = mailed("registration.reminded")

    assert mail.key.endswith(":1")


def test_nothing_is_sent_once_it_has_begun_or_to_who_is_here_or_gone(any_ctx: Flask) -> None:
    event, begun = make_reminded(DAY), make_reminded(DAY, starts="2026-12-02T17:00")
    here, gone = join(event, 1), join(event, 2)
    join(event, 3)
    join(begun, 4)
    withdraw(gone.id)
    with transaction():
        key = (here.id, occurrence_ids(here.id)[0])
        db.session.get_one(RegistrationOccurrence, key).checked_in_at = clock.now()

    with clock.fixed(START - timedelta(hours=24)):
        remind_due(clock.now())
        assert sent() == ["p3@example.org"]


@pytest.mark.parametrize("step", [postpone_event, lambda event, **how: cancel_event(event, {}, **how)])
def test_nothing_is_sent_of_what_does_not_take_place(any_ctx: Flask, step) -> None:
    event = make_reminded(DAY)
    join(event)
    step(event.id, version=db.session.get_one(Event, event.id, populate_existing=True).version, by=SYSTEM)

    with clock.fixed(START - timedelta(hours=24)):
        assert remind_due(clock.now()) == 0
    with clock.fixed(START + timedelta(days=2)):
        assert thank_due(clock.now()) == 0


def test_who_comes_late_gets_the_last_one_half_an_hour_later_and_no_other(any_ctx: Flask) -> None:
    event = make_reminded(WEEK, DAY)
    with clock.fixed(START - timedelta(days=3)):
        join(event, 1)
    with clock.fixed(START - timedelta(hours=5)):
        join(event, 2)
        first = remind_due(clock.now())
    with clock.fixed(START - timedelta(hours=4, minutes=31)):
        early = remind_due(clock.now())
    with clock.fixed(START - timedelta(hours=4, minutes=30)):
        late = remind_due(clock.now())

    assert (first, early, late) == (1, 0, 1)


def test_a_week_before_is_not_sent_late_where_a_day_before_follows(any_ctx: Flask) -> None:
    event = make_reminded(WEEK, DAY)
    with clock.fixed(START - timedelta(days=3)):
        join(event)
    with clock.fixed(START - timedelta(days=2)):
        assert remind_due(clock.now()) == 0


def test_days_in_a_row_are_one_mail_and_weekly_meetings_one_each(any_ctx: Flask) -> None:
    fair = make_reminded(DAY, dates=["2026-12-03T09:00", "2026-12-04T09:00"])
    circle = make_reminded(DAY, dates=["2026-12-03T18:00", "2026-12-10T18:00"])
    join(fair, 1)
    join(circle, 2)
    for day in ("2026-12-02T18:00", "2026-12-03T12:00", "2026-12-09T18:00"):
        with clock.fixed(at(day)):
            remind_due(clock.now())

            mailed()

    assert sent() == ["p1@example.org", "p2@example.org", "p2@example.org"]


def test_another_day_is_reminded_of_anew(any_ctx: Flask) -> None:
    event = make_reminded(DAY)
    join(event)
    with clock.fixed(START - timedelta(hours=20)):
        remind_due(clock.now())
        edited(event, occurrences=moved_to(event, "2026-12-08T18:00"))
    with clock.fixed(at("2026-12-07T18:00")):
        again = [remind_due(clock.now()) for _time in range(2)]

    assert again == [1, 0]


def test_a_reminder_tells_when_where_what_to_bring_and_one_way_to_give_the_seat_back(any_ctx: Flask) -> None:
    make_house()
    rule = replace(DAY, note={"en": "The door is <blue>.", "sv": "Dörren är blå."})
    event = make_reminded(
        rule,
        kind="workshop",
        safety=Safety.CAREFUL,
        venue=make_venue(name={"en": "The Red House"}, street="Street 1"),
        details={"workshop": {"bring": {"en": "A pen"}, "kit": [{"name": {"en": "A cup"}, "by": "participants"}]}},
    )
    join(event)
    with clock.fixed(START - timedelta(hours=24)):
        remind_due(clock.now())
        (mail,) = mailed("registration.reminded")

    text = mail.text or ""
    assert mail.subject == "Reminder: Violence is not tradition, Thu 3 Dec 18:00"
    assert ["Thu 3 Dec 2026" in text, "Street 1" in text, "The door is <blue>." in text] == [True, True, True]
    assert ["A pen" in text, "A cup" in text, "/not-coming" in text] == [True, True, True]
    assert (mail.calendar, "&lt;blue&gt;" in (mail.html or "")) == (None, True)


def test_a_reminder_days_before_keeps_the_street_of_a_careful_event_to_itself(any_ctx: Flask) -> None:
    event = make_reminded(WEEK, safety=Safety.CAREFUL, venue=make_venue(street="Street 1"))
    join(event)
    with clock.fixed(START - timedelta(days=7)):
        remind_due(clock.now())
        (mail,) = mailed("registration.reminded")

    assert "Street 1" not in f"{mail.text}{mail.html}"


def test_a_reminder_of_a_guarded_event_tells_only_its_date(any_ctx: Flask) -> None:
    make_house()
    event = make_reminded(DAY, safety=Safety.GUARDED, venue=make_venue(street="Street 1"))
    join(event)
    with clock.fixed(START - timedelta(hours=24)):
        remind_due(clock.now())
        (mail,) = mailed("registration.reminded")

    said = f"{mail.subject}{mail.text}{mail.html}"
    assert mail.subject == "Your registration with TH"
    assert ["tradition" in said, "Street 1" in said, "Thu 3 Dec" in said] == [False, False, True]


def test_thanks_go_to_who_was_there_where_arrivals_were_noted(any_ctx: Flask) -> None:
    event = make_reminded(thanks(hours=1))
    here, _absent = join(event, 1), join(event, 2)
    end = START + timedelta(minutes=90)
    with transaction():
        key = (here.id, occurrence_ids(here.id)[0])
        db.session.get_one(RegistrationOccurrence, key).checked_in_at = clock.now()
    with clock.fixed(end + timedelta(hours=1)):
        done = [thank_due(clock.now()) for _time in range(2)]
        to = sent("registration.thanked")

    assert (done, to) == ([1, 0], ["p1@example.org"])


def test_thanks_go_to_all_where_nobody_noted_arrivals_and_not_a_week_late(any_ctx: Flask) -> None:
    event = make_reminded(thanks(hours=1))
    join(event, 1, language="sv")
    with clock.fixed(START + timedelta(days=9)):
        late = thank_due(clock.now())
    with clock.fixed(START + timedelta(hours=3)):
        thank_due(clock.now())
        (mail,) = mailed("registration.thanked")

    assert (late, mail.language, "/sv/thanks/" in (mail.text or "")) == (0, "sv", True)


def test_looking_costs_the_same_for_one_event_and_for_many(app_ctx: Flask) -> None:
    def cost() -> int:
        before_it = count_statements()
        list_due_parts(START - timedelta(hours=2))
        return count_statements() - before_it

    join(make_reminded(DAY))
    one = cost()
    for number in range(5):
        join(make_reminded(DAY), number + 10)

    assert cost() == one


def test_rules_survive_the_editors_snapshot(app_ctx: Flask) -> None:
    rule = Reminder(moment=Moment.AFTER, hours=5, note={"en": "Thanks"}, survey=True)

    assert fields_now(make_reminded(rule)).reminders == (rule,)
