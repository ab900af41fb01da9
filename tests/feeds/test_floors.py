"""No SEQUENCE of any feed falls when a registration goes, in whatever way, or its owner sees less than before."""

from datetime import timedelta

import pytest

from cag_events import clock
from cag_events.accounts.services import change_by_email
from cag_events.db import db, transaction
from cag_events.domain.event import Visibility
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.feeds.models import PrivateFeed
from cag_events.feeds.services import NewFeed, change_feed
from cag_events.permissions import Actor, Role
from cag_events.registrations.models import Registration
from cag_events.registrations.services.erasing import erase_address
from cag_events.registrations.services.passing import Taken, pass_on, take_over
from cag_events.registrations.services.retention import delete_due
from tests.conftest import NOW
from tests.factories import make_account, make_organisation
from tests.feeds.subscribing import Subscriber, entry_of
from tests.feeds.test_mine import make_token
from tests.feeds.test_scripted_life import Life
from tests.messages.given import join, mailed
from tests.registrations.given import mail_to, token_in

EMAIL = "anna@example.org"
DAYS = 120  # after the event, when all that people told is gone and its entry is still in the feeds


class Owner:
    """A member with a seat at one event of two, who subscribes to everything."""

    def __init__(self, app) -> None:
        self.life = Life(app)
        for label in ("talk", "other"):
            self.life.make(label, title={"en": label}, starts="2026-11-25T18:00")
        self.life.make("members", title={"en": "members"}, visibility=Visibility.MEMBERS)
        self.app = app
        with app.app_context():
            member = make_account(Role.MEMBER, email=EMAIL, language="en")
            self.by = Actor(member.id, member.role)
            token = make_token(member, with_registrations=True)
            stranger = make_token(make_account(Role.MEMBER, language="en"), with_registrations=True)
        feeds = {"public": "/feeds/programme.ics?lang=en", "file": "/events/talk.ics?lang=en"}
        feeds |= {"own": f"/feeds/private/{token}.ics", "stranger": f"/feeds/private/{stranger}.ics"}
        self.subscriber = Subscriber(app.test_client(), feeds, reads=False)

    def numbers(self) -> dict[str, int]:
        """Poll, which fails where any version falls; the SEQUENCE of each entry of the own feed."""
        changed = self.subscriber.poll()
        self.changed = {name: len(blocks) for name, blocks in changed.items()}
        found = self.subscriber.blocks["own"]
        return {self.life.labels[key[0]]: int(entry_of(block).one("SEQUENCE").value) for key, block in found.items()}

    def seat(self, status: Status = Status.CONFIRMED, revision: int = 0) -> int:
        """A registration of the owner."""
        with self.app.app_context():
            row = join(db.session.get(Event, self.life.ids["talk"]), email=EMAIL)
            with transaction():
                row.status, row.revision = status, revision
                row.withdrawn_at = clock.now() if status is Status.WITHDRAWN else None
            return row.id


def by_retention(owner: Owner, _registration_id: int) -> None:
    delete_due(owner.life.ids["talk"])


def by_wish(_owner: Owner, _registration_id: int) -> None:
    erase_address(EMAIL)


@pytest.mark.parametrize("status", [Status.CONFIRMED, Status.WAITLISTED, Status.WITHDRAWN])
@pytest.mark.parametrize("act", [by_retention, by_wish])
def test_no_sequence_falls_when_a_registration_is_deleted(any_app, act, status):
    owner = Owner(any_app)
    registration_id = owner.seat(status, revision=7)
    with clock.fixed(NOW + timedelta(hours=1)):
        owner.life.edit("talk", summary={"en": "New"})
        before = owner.numbers()
    with clock.fixed(NOW + timedelta(days=DAYS)):
        with any_app.app_context():
            act(owner, registration_id)
            kept = db.session.get(Registration, registration_id)
            assert kept.email_index is None
        after = owner.numbers()

    assert after["talk"] > before["talk"]
    assert owner.changed.keys() == {"own"}
    with clock.fixed(NOW + timedelta(days=DAYS + 1)):
        assert owner.numbers() == after


def test_no_sequence_falls_when_a_seat_is_passed_on(any_app):
    owner = Owner(any_app)
    with any_app.app_context():
        make_organisation()
        registration_id = join(db.session.get(Event, owner.life.ids["talk"]), email=EMAIL).id
        mailed()
    before = owner.numbers()
    with clock.fixed(NOW + timedelta(hours=1)):
        with any_app.app_context():
            pass_on(registration_id, "Vera", "vera@example.org")
            token = token_in(mail_to("vera@example.org"), "taking-over")
            take_over(token, Taken(name="Vera Ny", language="en", answers={}))
        between = owner.numbers()
    with clock.fixed(NOW + timedelta(hours=2)):
        with any_app.app_context():
            mailed()
            assert db.session.get(Registration, registration_id).email_index is None
        after = owner.numbers()

    assert before["talk"] < between["talk"] < after["talk"]


def test_a_feed_without_registrations_goes_on_above_what_it_showed(any_app):
    owner = Owner(any_app)
    owner.seat(revision=4)
    before = owner.numbers()
    with clock.fixed(NOW + timedelta(hours=1)):
        with any_app.app_context():
            feed = db.session.query(PrivateFeed).filter_by(account_id=owner.by.account_id).one()
            change_feed(feed.row_id, NewFeed(name="Mine", with_registrations=False), by=owner.by)
        without = owner.numbers()
    with clock.fixed(NOW + timedelta(hours=2)):
        with any_app.app_context():
            change_feed(feed.row_id, NewFeed(name="Mine", with_registrations=True), by=owner.by)
        again = owner.numbers()

    assert before["talk"] < without["talk"] < again["talk"]


def test_no_sequence_falls_when_an_event_moves_between_circles(any_app):
    owner = Owner(any_app)
    owner.seat()
    numbers = [owner.numbers()]
    order = (Visibility.MEMBERS, Visibility.UNLISTED, Visibility.PUBLIC, Visibility.PRIVATE, Visibility.PUBLIC)
    for hour, visibility in enumerate(order, 1):
        with clock.fixed(NOW + timedelta(hours=hour)):
            owner.life.edit("talk", visibility=visibility)
            owner.life.edit("other", visibility=visibility)
            numbers.append(owner.numbers())

    seen = [row["talk"] for row in numbers]
    assert seen == sorted(set(seen))


def test_who_is_no_member_any_more_never_sees_a_lower_number(any_app):
    owner = Owner(any_app)
    owner.seat()
    owner.numbers()
    with any_app.app_context():
        change_by_email(EMAIL, role=Role.CHECKIN)

    owner.numbers()


def test_the_number_of_a_feed_says_nothing_of_the_event(any_app):
    owner = Owner(any_app)
    registration_id = owner.seat()
    owner.numbers()
    with clock.fixed(NOW + timedelta(days=DAYS)), any_app.app_context():
        erase_address(EMAIL)
        feed = db.session.query(PrivateFeed).filter_by(account_id=owner.by.account_id).one()
        assert feed.raised > 0
        assert db.session.get(Registration, registration_id).email_index is None
