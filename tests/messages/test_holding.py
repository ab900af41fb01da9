"""A change of an event is told after ten minutes, as one mail, unless it was undone, left out or sent at once."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from cag_events import clock
from cag_events.audit.models import AuditEntry
from cag_events.db import db, transaction
from cag_events.domain.errors import NotAllowed, Refused
from cag_events.domain.event import Safety
from cag_events.domain.lifecycle import Status
from cag_events.domain.noticing import HOLD, News, State, news_of
from cag_events.events.services import cancel_event, postpone_event, publish_event, withdraw_event
from cag_events.messages.models import Notice
from cag_events.messages.services.holding import add_words, drop, may_undo, send_due, send_now, undo
from cag_events.permissions import SYSTEM, Role
from cag_events.registrations.services import withdraw
from tests.factories import make_event, make_venue
from tests.messages.given import (
    TITLE,
    edited,
    event_now,
    fields_now,
    join,
    mailed,
    make_house,
    moved_to,
    notices,
    team,
    the_notice,
)
from tests.races.test_seats import in_context, in_threads

PUBLISHED, POSTPONED, CANCELLED, DRAFT = Status.PUBLISHED, Status.POSTPONED, Status.CANCELLED, Status.DRAFT


@pytest.mark.parametrize(
    ("known", "now", "has_moved", "news"),
    [
        (PUBLISHED, PUBLISHED, False, None),
        (PUBLISHED, PUBLISHED, True, News.MOVED),
        (PUBLISHED, POSTPONED, True, News.POSTPONED),
        (PUBLISHED, CANCELLED, False, News.CANCELLED),
        (PUBLISHED, DRAFT, False, News.WITHDRAWN),
        (POSTPONED, POSTPONED, True, None),
        (POSTPONED, PUBLISHED, True, News.MOVED),
        (POSTPONED, PUBLISHED, False, News.REOPENED),
        (POSTPONED, CANCELLED, False, News.CANCELLED),
        (DRAFT, PUBLISHED, False, News.REOPENED),
        (CANCELLED, CANCELLED, False, None),
    ],
)
def test_news_are_the_difference_between_what_is_known_and_what_is(
    known: Status, now: Status, has_moved: bool, news: News | None
) -> None:
    assert news_of(known, now, has_moved=has_moved) is news


def test_a_move_waits_ten_minutes_and_is_sent_once(any_ctx: Flask) -> None:
    event = make_event(title=TITLE, starts="2026-11-25T18:00")
    join(event)
    edited(event, occurrences=moved_to(event, "2026-11-25T19:00"))
    at = clock.now()

    early = send_due(at + HOLD - timedelta(seconds=1))
    before = mailed("event")
    done = [send_due(at + HOLD) for _time in range(2)]

    assert (early, before, done) == (0, [], [1, 0])
    assert [mail.kind for mail in mailed("event")] == ["event.moved"]
    assert (the_notice(event).state, the_notice(event).told) == (State.SENT, 1)


def test_several_saves_are_one_mail_from_the_first_to_the_last_ten_minutes_after_the_last(any_ctx: Flask) -> None:
    event = make_event(starts="2026-11-25T18:00")
    join(event)
    start = clock.now()
    edited(event, occurrences=moved_to(event, "2026-11-26T18:00"))
    with clock.fixed(start + timedelta(minutes=9)):
        edited(event, occurrences=moved_to(event, "2026-11-27T18:00"))

    done = [send_due(start + timedelta(minutes=minutes)) for minutes in (10, 18, 19)]
    (mail,) = mailed("event")

    assert (done, the_notice(event).saves) == ([0, 0, 1], 2)
    assert "Previously: Wed 25 Nov" in (mail.text or "")
    assert "Now: Fri 27 Nov" in (mail.text or "")


def test_a_change_back_to_what_people_know_is_told_to_nobody(any_ctx: Flask) -> None:
    event = make_event(starts="2026-11-25T18:00")
    join(event)
    edited(event, occurrences=moved_to(event, "2026-11-26T18:00"))
    edited(event, occurrences=moved_to(event, "2026-11-25T18:00"))

    assert the_notice(event).state is State.UNDONE
    assert (send_due(clock.now() + HOLD), mailed("event")) == (0, [])


def test_undo_puts_time_and_place_back_and_keeps_the_new_words(any_ctx: Flask) -> None:
    event = make_event(title=TITLE, starts="2026-11-25T18:00", venue=make_venue(name={"sv": "Gamla huset"}))
    before, new = fields_now(event), make_venue(key="new")
    join(event)
    edited(event, venue=new.key, room=None, occurrences=moved_to(event, "2026-11-26T18:00"))
    edited(event, summary={"sv": "Nya ord"})

    undo(the_notice(event).id, by=team())

    after = fields_now(event)
    assert (after.venue, after.room, after.occurrences) == (before.venue, before.room, before.occurrences)
    assert after.summary == {"sv": "Nya ord"}
    assert (the_notice(event).state, send_due(clock.now() + HOLD), mailed("event")) == (State.UNDONE, 0, [])


@pytest.mark.parametrize("step", [postpone_event, withdraw_event])
def test_undo_of_a_step_publishes_the_event_again(any_ctx: Flask, step) -> None:
    event = make_event()
    join(event)
    step(event.id, version=event.version, by=SYSTEM)

    undo(the_notice(event).id, by=team())

    assert event_now(event).status is PUBLISHED
    assert (the_notice(event).state, mailed("event")) == (State.UNDONE, [])


def test_undo_of_a_cancelled_event_takes_the_reason_back(any_ctx: Flask) -> None:
    event = make_event()
    join(event)
    cancel_event(event.id, {"en": "The speaker is ill."}, version=event.version, by=SYSTEM)

    undo(the_notice(event).id, by=team())

    now = event_now(event)
    assert (now.status, now.cancel_reason, now.cancelled_on) == (PUBLISHED, {}, None)
    assert (send_due(clock.now() + HOLD), mailed("event")) == (0, [])


def test_undo_is_refused_once_it_is_sent_and_where_a_part_is_gone(any_ctx: Flask) -> None:
    event, other = make_event(dates=["2026-11-25T18:00", "2026-12-02T18:00"]), make_event()
    join(event)
    join(other, 2)
    edited(event, occurrences=fields_now(event).occurrences[:1])
    postpone_event(other.id, version=other.version, by=SYSTEM)
    send_now(the_notice(other).id, by=SYSTEM)

    with pytest.raises(Refused) as gone:
        undo(the_notice(event).id, by=SYSTEM)
    with pytest.raises(Refused) as sent:
        undo(the_notice(other).id, by=SYSTEM)

    assert (gone.value.code, sent.value.code) == ("notice.parts_gone", "notice.settled")
    assert (may_undo(the_notice(event)), len(fields_now(event).occurrences)) == (False, 1)


def test_send_now_does_not_wait(any_ctx: Flask) -> None:
    event = make_event()
    join(event)
    cancel_event(event.id, {}, version=event.version, by=SYSTEM)

    told = send_now(the_notice(event).id, by=team())

    assert (told, [mail.to for mail in mailed("event.cancelled")]) == (1, ["p1@example.org"])


def test_drop_keeps_the_change_writes_to_nobody_and_logs_why(any_ctx: Flask) -> None:
    event = make_event()
    join(event)
    edited(event, occurrences=moved_to(event, "2026-12-10T18:00"))
    with pytest.raises(Refused):
        drop(the_notice(event).id, "  ", by=team())

    drop(the_notice(event).id, "All were called.", by=team())

    assert (send_due(clock.now() + HOLD), mailed("event")) == (0, [])
    logged = db.session.scalars(select(AuditEntry).where(AuditEntry.what == "message.undone")).one()
    assert (logged.event_id, logged.reason) == (event.id, "All were called.")
    assert fields_now(event).occurrences[0].starts_wall.isoformat() == "2026-12-10T18:00:00"


def test_words_of_the_organizer_stand_in_the_mail_in_its_language(any_ctx: Flask) -> None:
    event = make_event()
    join(event, 1, language="sv")
    join(event, 2, language="en")
    edited(event, occurrences=moved_to(event, "2026-12-10T18:00"))
    add_words(the_notice(event).id, {"sv": "Bussen går <tio>.", "en": "The bus leaves."}, asks_coming=False, by=team())
    send_now(the_notice(event).id, by=SYSTEM)

    swedish, english = mailed("event.moved")

    assert ("Bussen går <tio>." in (swedish.text or ""), "The bus leaves." in (english.text or "")) == (True, True)
    assert "Bussen går &lt;tio&gt;." in (swedish.html or "")


def test_who_registers_while_a_change_is_held_is_told_only_what_came_after(any_ctx: Flask) -> None:
    event = make_event(starts="2026-11-25T18:00")
    join(event, 1)
    start = clock.now()
    edited(event, occurrences=moved_to(event, "2026-11-26T18:00"))
    with clock.fixed(start + timedelta(minutes=1)):
        join(event, 2)
    with clock.fixed(start + timedelta(minutes=2)):
        join(event, 3)
        edited(event, venue=make_venue(key="new", name={"en": "The New House"}).key, room=None)
    send_due(start + timedelta(minutes=12))

    told = {mail.to: mail.text or "" for mail in mailed("event.moved")}

    assert sorted(told) == ["p1@example.org", "p2@example.org", "p3@example.org"]
    assert ["Previously: Wed 25 Nov" in text for _to, text in sorted(told.items())] == [True, False, False]
    assert ["The New House" in text for text in told.values()] == [True] * 3


def test_postponed_and_published_again_with_a_new_date_is_one_mail_while_it_is_held(any_ctx: Flask) -> None:
    event = make_event(starts="2026-11-25T18:00")
    join(event)
    postpone_event(event.id, version=event.version, by=SYSTEM)
    edited(event, occurrences=moved_to(event, "2026-12-09T18:00"))
    publish_event(event.id, version=event_now(event).version, by=SYSTEM)

    send_due(clock.now() + HOLD)

    assert [mail.kind for mail in mailed("event")] == ["event.moved"]


def test_postponed_told_and_then_published_again_tells_the_new_date(any_ctx: Flask) -> None:
    event = make_event(starts="2026-11-25T18:00")
    join(event)
    postpone_event(event.id, version=event.version, by=SYSTEM)
    send_due(clock.now() + HOLD)
    mailed()
    edited(event, occurrences=moved_to(event, "2026-12-09T18:00"))
    publish_event(event.id, version=event_now(event).version, by=SYSTEM)
    send_due(clock.now() + HOLD)

    told = mailed("event")

    assert [mail.kind for mail in told] == ["event.postponed", "event.moved"]
    assert "Previously: Wed 25 Nov" in (told[1].text or "")


def test_a_page_closed_for_safety_is_told_without_any_detail_and_its_opening_again(any_ctx: Flask) -> None:
    make_house()
    event = make_event(title=TITLE, starts="2026-11-25T18:00", safety=Safety.OPEN)
    join(event)
    mailed()
    withdraw_event(event.id, version=event.version, by=SYSTEM)
    send_due(clock.now() + HOLD)
    (closed,) = mailed("event")
    publish_event(event.id, version=event_now(event).version, by=SYSTEM)
    send_due(clock.now() + HOLD)
    reopened = mailed("event")[-1]

    said = f"{closed.subject} {closed.text} {closed.html}"
    assert closed.kind == "event.withdrawn"
    assert [word in said for word in ("tradition", "25 Nov", "Stockholm", event.key, "/registrations/")] == [False] * 5
    assert "Do not go there" in said
    assert (reopened.kind, "tradition" in (reopened.text or "")) == ("event.reopened", True)


def test_nothing_is_held_where_nobody_is_told(any_ctx: Flask) -> None:
    empty, left = make_event(), make_event()
    withdraw(join(left).id)

    for event in (empty, left):
        edited(event, occurrences=moved_to(event, "2026-12-10T18:00"))

    assert (notices(empty), notices(left)) == ([], [])


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REPORTER, Role.MEMBER])
def test_send_undo_and_drop_are_for_organizers(app_ctx: Flask, role: Role) -> None:
    event, by = make_event(), team(role)
    join(event)
    postpone_event(event.id, version=event.version, by=SYSTEM)
    notice = the_notice(event).id

    for do in (
        lambda: send_now(notice, by=by),
        lambda: undo(notice, by=by),
        lambda: drop(notice, "why", by=by),
        lambda: add_words(notice, {}, asks_coming=False, by=by),
    ):
        with pytest.raises(NotAllowed):
            do()
    assert the_notice(event).state is State.HELD


def test_two_held_notices_about_one_event_are_refused_by_the_database(any_ctx: Flask) -> None:
    event = make_event()
    join(event)
    postpone_event(event.id, version=event.version, by=SYSTEM)
    known = the_notice(event)
    values = {
        name: getattr(known, name)
        for name in ("event_id", "what", "known_status", "version", "status", "made_at", "due_at")
    }

    with pytest.raises(IntegrityError), transaction():
        db.session.add(Notice(**values))
        db.session.flush()


def test_eight_workers_at_once_send_a_notice_once(any_app: Flask) -> None:
    with any_app.app_context():
        event = make_event()
        for number in range(3):
            join(event, number)
        postpone_event(event.id, version=event.version, by=SYSTEM)
    due = clock.now() + HOLD

    done = in_threads(in_context(any_app, lambda _one: send_due(due)), list(range(8)))

    with any_app.app_context():
        assert sorted(done) == [0] * 7 + [1]
        assert len(mailed("event.postponed")) == 3
