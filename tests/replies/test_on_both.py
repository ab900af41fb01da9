"""A calendar's answer on either database: the seat is freed and given on within one unit."""

from flask import Flask

from cag_events.domain.seats import Status
from cag_events.replies.models import Outcome
from cag_events.replies.services import Received, receive
from tests.factories import make_event
from tests.replies.round import answer, invited, mailed, mails


def test_a_decline_frees_the_seat_and_the_next_in_line_gets_it(any_ctx: Flask) -> None:
    event = make_event(capacity=1)
    first, other = invited(event), invited(event, 2)

    received = receive(mailed(first, answer(first)))

    assert received == Received(Outcome.FREED)
    assert first.row.status is Status.WITHDRAWN
    assert other.row.status is Status.CONFIRMED
    assert [mail.subject.partition(":")[0] for mail in mails(other.email)] == ["Du står i kö", "Du har fått en plats"]
