"""A calendar's answer: what frees a seat, what is noted, what waits for a human, and what does nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import Refused
from cag_events.domain.seats import Status
from cag_events.registrations import services
from cag_events.registrations.models import Registration
from cag_events.registrations.services import restore
from cag_events.replies.models import CalendarReply, Outcome
from cag_events.replies.services import MOST_KEPT, Received, receive
from tests.conftest import NOW
from tests.factories import make_event
from tests.replies.round import Invited, answer, invited, mailed, mails

LATER = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("app_ctx")
PASS = "mx.example.org; spf=pass; dmarc=pass (p=none) header.from=example.org"


def kept() -> list[tuple[str, str, str]]:
    """What is kept of answers: what they said, what became of them, why."""
    rows = db.session.execute(
        select(CalendarReply.partstat, CalendarReply.outcome, CalendarReply.reason).order_by(CalendarReply.id)
    )
    return [(row.partstat, row.outcome.value, row.reason) for row in rows]


def test_a_decline_is_confirmed_by_a_mail_with_an_undo_that_works_for_two_days() -> None:
    person = invited(make_event(starts="2026-12-20T18:00"))

    receive(mailed(person, answer(person)))
    told = mails(person.email)[-1]

    assert "i två dygn" in (told.text or "")
    assert told.calendar_method == "CANCEL"
    with clock.fixed(NOW + timedelta(hours=47)):
        assert restore(person.registration_id) is Status.CONFIRMED


def test_a_decline_cannot_be_undone_after_two_days() -> None:
    person = invited(make_event(starts="2026-12-20T18:00"))
    receive(mailed(person, answer(person)))

    with clock.fixed(NOW + timedelta(hours=49)), pytest.raises(Refused, match="over"):
        restore(person.registration_id)


@pytest.mark.parametrize("said", ["ACCEPTED", "TENTATIVE"])
def test_who_comes_or_may_come_keeps_the_seat_and_it_is_noted(said: str) -> None:
    person = invited(make_event())

    received = receive(mailed(person, answer(person, said)))

    assert received == Received(Outcome.KEPT)
    assert person.row.status is Status.CONFIRMED
    assert kept() == [(said, "kept", "")]
    assert len(mails()) == 1


def test_the_same_answer_again_does_nothing() -> None:
    person = invited(make_event())
    octets = mailed(person, answer(person))
    receive(octets)
    restore(person.registration_id)

    assert receive(octets) == Received(None, "known")
    assert receive(b"Received: from elsewhere\r\n" + octets) == Received(None, "known")
    assert person.row.status is Status.CONFIRMED


def test_an_older_answer_does_not_undo_a_newer_one() -> None:
    person = invited(make_event())
    receive(mailed(person, answer(person, "ACCEPTED", stamp=NOW)))

    received = receive(mailed(person, answer(person, stamp=NOW - timedelta(minutes=5))))

    assert received == Received(None, "older")
    assert person.row.status is Status.CONFIRMED


def test_a_clock_that_is_ahead_does_not_silence_later_answers() -> None:
    person = invited(make_event())
    receive(mailed(person, answer(person, "ACCEPTED", stamp=NOW + timedelta(days=400))))

    with clock.fixed(NOW + timedelta(hours=1)):
        received = receive(mailed(person, answer(person, stamp=NOW + timedelta(hours=1))))

    assert received.outcome is Outcome.FREED


def test_an_answer_to_what_was_called_off_since_does_nothing() -> None:
    person = invited(make_event())
    services.withdraw(person.registration_id)
    mails()
    restore(person.registration_id)
    mails()

    received = receive(mailed(person, answer(person)))

    assert received == Received(None, "outdated")
    assert person.row.status is Status.CONFIRMED


def test_an_answer_from_before_somebody_registered_anew_does_not_free_the_new_seat() -> None:
    event = make_event()
    before = invited(event)
    services.withdraw(before.registration_id)
    mails()
    with clock.fixed(NOW + timedelta(hours=1)):
        now = invited(event)

        received = receive(mailed(before, answer(before, stamp=LATER)))

    assert received == Received(None, "outdated")
    assert now.row.status is Status.CONFIRMED
    assert now.organizer == before.organizer
    assert now.sequence > before.sequence + 1


def test_an_answer_about_what_is_over_does_nothing() -> None:
    person = invited(make_event(starts="2026-11-25T18:00"))

    with clock.fixed(NOW + timedelta(days=10)):
        assert receive(mailed(person, answer(person))) == Received(None, "over")
    assert person.row.status is Status.CONFIRMED


def test_an_answer_that_names_somebody_else_waits_for_a_human() -> None:
    person = invited(make_event())

    received = receive(mailed(person, answer(person, attendee="eva@example.org")))

    assert received == Received(Outcome.HUMAN, "stranger")
    assert person.row.status is Status.CONFIRMED


def test_a_stranger_s_acceptance_does_nothing_and_silences_nobody() -> None:
    person = invited(make_event())
    receive(mailed(person, answer(person, attendee="eva@example.org", stamp=NOW)))

    assert receive(mailed(person, answer(person, "ACCEPTED", attendee="eva@example.org"))) == Received(None, "stranger")
    assert receive(mailed(person, answer(person, stamp=NOW - timedelta(hours=1)))).outcome is Outcome.FREED


@pytest.mark.parametrize(
    ("header", "outcome"),
    [
        (PASS, Outcome.FREED),
        ("MX.EXAMPLE.ORG 1; dmarc = pass header.from = example.org", Outcome.FREED),
        ("mx.example.org; dmarc=fail header.from=example.org", Outcome.HUMAN),
        ("mx.example.org; dmarc=pass header.from=evil.example.com", Outcome.HUMAN),
        ("mx.example.org; spf=pass; x=(dmarc=pass header.from=example.org)", Outcome.HUMAN),
        ("mx.evil.example.com; dmarc=pass header.from=example.org", Outcome.HUMAN),
        ("mx.example.org; none", Outcome.HUMAN),
    ],
)
def test_where_our_server_signs_only_what_it_calls_right_counts(header: str, outcome: Outcome) -> None:
    person = invited(make_event())

    octets = mailed(person, answer(person), Authentication_Results=header)

    assert receive(octets, authserv="mx.example.org").outcome is outcome


def test_results_that_claim_to_be_our_server_s_below_its_own_do_not_count() -> None:
    person = invited(make_event())
    forged = mailed(person, answer(person), Authentication_Results=PASS)
    octets = b"Authentication-Results: mx.example.org; dmarc=fail header.from=example.org\r\n" + forged

    assert receive(octets, authserv="mx.example.org") == Received(Outcome.HUMAN, "unverified")
    assert person.row.status is Status.CONFIRMED


def test_a_verified_sender_may_answer_with_another_address_in_the_calendar() -> None:
    person = invited(make_event())
    octets = mailed(person, answer(person, attendee="anna.private@example.org"), Authentication_Results=PASS)

    assert receive(octets, authserv="mx.example.org").outcome is Outcome.FREED


def test_a_sender_that_nobody_verified_is_not_believed() -> None:
    person = invited(make_event())
    octets = mailed(person, answer(person, attendee="anna.private@example.org"), Authentication_Results=PASS)

    assert receive(octets) == Received(Outcome.HUMAN, "stranger")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"method": "COUNTER", "partstat": "TENTATIVE"}, "counter"),
        ({"method": "REFRESH"}, "refresh"),
        ({"partstat": "DELEGATED"}, "delegated"),
        ({"more": "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:eva@example.org\r\n"}, "delegated"),
        ({"more": "RECURRENCE-ID:20261125T170000Z\r\n"}, "one_date"),
    ],
)
def test_what_we_cannot_decide_waits_for_a_human(values: dict[str, str], reason: str) -> None:
    person = invited(make_event())

    assert receive(mailed(person, answer(person, **values))) == Received(Outcome.HUMAN, reason)
    assert person.row.status is Status.CONFIRMED
    assert len(mails()) == 1


def test_the_code_is_found_in_the_address_where_the_answer_names_no_organizer() -> None:
    person = invited(make_event())
    bare = "".join(line for line in answer(person).splitlines(keepends=True) if not line.startswith(("ORGANIZER", " ")))

    assert receive(mailed(person, bare, To="someone@example.org")) == Received(None, "unknown")
    assert receive(mailed(person, bare, To="someone@example.org"), recipient=person.organizer.upper()) == Received(
        Outcome.FREED
    )


@pytest.mark.parametrize("code", ["a" * 32, "", "x"])
def test_a_code_that_is_not_ours_does_nothing(code: str) -> None:
    person = invited(make_event())
    forged = answer(person).replace("\r\n ", "").replace(person.organizer, f"events+{code}@localhost")

    assert receive(mailed(person, forged, To=f"events+{code}@localhost")) == Received(None, "unknown")


def test_a_code_of_one_event_does_not_free_a_seat_at_another() -> None:
    one, other = invited(make_event()), invited(make_event())
    crossed = answer(one).replace("\r\n ", "").replace(one.uid, other.uid)

    assert receive(mailed(one, crossed)) == Received(None, "unknown")
    assert [one.row.status, other.row.status] == [Status.CONFIRMED] * 2


@pytest.mark.parametrize("said", ["auto-replied", "auto-notified", "Auto-Replied; owner-email=x@example.org"])
def test_what_a_machine_answers_by_itself_does_nothing(said: str) -> None:
    person = invited(make_event())

    assert receive(mailed(person, answer(person), Auto_Submitted=said)) == Received(None, "automatic")
    assert person.row.status is Status.CONFIRMED


def test_what_a_calendar_service_sends_for_somebody_counts() -> None:
    person = invited(make_event())

    assert receive(mailed(person, answer(person), Auto_Submitted="auto-generated")).outcome is Outcome.FREED


def test_a_person_can_fill_no_more_than_a_page() -> None:
    person = invited(make_event())
    for minute in range(MOST_KEPT + 5):
        with clock.fixed(NOW + timedelta(minutes=minute)):
            receive(mailed(person, answer(person, "TENTATIVE", stamp=NOW + timedelta(minutes=minute))))

    assert len(kept()) == MOST_KEPT


def test_nothing_that_was_typed_is_kept() -> None:
    person = invited(make_event())
    receive(mailed(person, answer(person, "TENTATIVE", more="COMMENT:Hemligt ord\r\n")))

    row = db.session.scalars(select(CalendarReply)).one()

    assert "Hemligt" not in repr({column.name: getattr(row, column.name) for column in CalendarReply.__table__.columns})
    assert person.email not in repr(vars(row))


def test_somebody_in_the_queue_has_no_address_to_answer_to() -> None:
    event = make_event(capacity=1)
    invited(event)

    waiting = invited(event, 2)

    assert waiting.request == ""
    assert isinstance(waiting, Invited)
    assert db.session.get_one(Registration, waiting.registration_id).status is Status.WAITLISTED
