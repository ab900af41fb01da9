"""A scripted life with each option of feeds, an exhibition and a conference; for who has a seat, waits, or gave it up.

Beside test_scripted_life, which has the plain feeds: after each thing done, exactly what should change does.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from cag_events import clock, keyring
from cag_events.db import db, transaction
from cag_events.domain.lifecycle import Status
from cag_events.domain.seats import Status as Seat
from cag_events.events.services.lifecycle import cancel_event, publish_event, withdraw_event
from cag_events.events.services.planning import delete_draft
from cag_events.events.services.venues import VenueFields, save_venue
from cag_events.feeds.models import Entry
from cag_events.feeds.services import NewFeed, make_feed
from cag_events.permissions import Actor, Role
from cag_events.registrations.models import Registration
from tests.conferences.stage import item
from tests.conftest import NOW
from tests.factories import make_account
from tests.feeds.subscribing import Subscriber
from tests.feeds.test_scripted_life import Life, seat

PEOPLE = ("seated", "queued", "gone")  # each with an own feed
READ = (8, 15, 20)  # after which steps all readers look at all feeds; libical does not know the rich profile's names
OPENING = [{"days": ["tue", "wed", "thu"], "start": "10:00", "end": "19:00"}]


class LifeWithOptions(Life):
    """An exhibition, a conference of two days and a talk; an hour between any two things done."""

    def begin(self) -> Subscriber:
        """Make the programme as drafts, and people who subscribe to it in every way."""
        venue = self.venue()
        shared: dict[str, Any] = {"venue": venue, "status": Status.DRAFT, "published_at": None}
        self.make("talk", title={"sv": "Vatten", "en": "Water"}, **shared)
        days = ["2026-12-08T09:00", "2026-12-09T09:00"]
        programme = {"programme": [item("opening", "09:00", "09:30")]}
        self.make(
            "days", title={"sv": "Dagarna", "en": "Days"}, kind="conference", dates=days, details=programme, **shared
        )
        self.make(
            "show",
            title={"sv": "Röster", "en": "Voices"},
            kind="exhibition",
            run=(date(2026, 12, 1), date(2026, 12, 17)),
            dates=["2026-12-01T18:00"],
            details=self.exhibition("2026-12-01", "2026-12-17"),
            **shared,
        )
        self.make("draft", title={"sv": "Utkast", "en": "Draft"}, **shared)
        feeds = {}
        for lang in ("sv", "en"):
            address = f"/feeds/programme.ics?lang={lang}"
            feeds |= {
                f"{lang}": address,
                f"{lang}-hours": f"{address}&hours=1",
                f"{lang}-rich": f"{address}&profile=rich",
                f"{lang}-living": f"{address}&cancelled=0",
            }
        feeds |= {f"file-{label}": f"/events/{label}.ics?lang=en" for label in ("talk", "show")}
        feeds |= {person: f"/feeds/private/{self.own(person)}.ics" for person in PEOPLE}
        return Subscriber(self.app.test_client(), feeds, reads=False)

    @staticmethod
    def exhibition(first: str, last: str) -> dict[str, Any]:
        """The details of an exhibition."""
        return {"exhibition": {"from": first, "to": last, "opening": OPENING}}

    def own(self, person: str) -> str:
        """Make a member with an own feed; returns its token."""
        with self.app.app_context():
            member = make_account(Role.MEMBER, email=f"{person}@example.org", language="en")
            token = make_feed(NewFeed(name="Mine", with_registrations=True), by=Actor(member.id, member.role))[1]
            for label in ("talk", "days"):
                seat(self.ids[label], f"{person}@example.org")
        if person == "queued":
            self.turn(person, Seat.WAITLISTED, 0)
        return token

    def turn(self, person: str, status: Seat, revision: int = 1) -> None:
        """Give somebody's registrations another status."""
        with self.app.app_context(), transaction():
            index = keyring.blind_index(f"{person}@example.org")
            for row in db.session.scalars(select(Registration).where(Registration.email_index == index)):
                row.status, row.revision = status, row.revision + revision
                row.confirmed_at = clock.now() if status is Seat.CONFIRMED else None
                row.withdrawn_at = clock.now() if status is Seat.WITHDRAWN else None

    def name_hours(self) -> None:
        """Give the entries of opening hours names."""
        with self.app.app_context():
            rows = db.session.scalars(select(Entry.uid).where(Entry.circle == "hours").order_by(Entry.starts_at))
            for uid in dict.fromkeys(rows):
                self.labels.setdefault(uid, f"hours-{len([1 for one in self.labels.values() if 'hours' in one])}")


LIFE = """
# begin

# publish the talk
sv sv-hours sv-rich sv-living:
  talk 0 CONFIRMED Vatten
en en-hours en-rich en-living file-talk:
  talk 0 CONFIRMED Water
seated gone:
  talk 2 CONFIRMED Water
queued:
  talk 2 TENTATIVE Water

# publish the conference
sv sv-hours sv-rich sv-living:
  days 0 CONFIRMED Dagarna (1 av 2)
  days-1 0 CONFIRMED Dagarna (2 av 2)
en en-hours en-rich en-living:
  days 0 CONFIRMED Days (1 of 2)
  days-1 0 CONFIRMED Days (2 of 2)
seated gone:
  days 2 CONFIRMED Days (1 of 2)
  days-1 2 CONFIRMED Days (2 of 2)
queued:
  days 2 TENTATIVE Days (1 of 2)
  days-1 2 TENTATIVE Days (2 of 2)

# publish the exhibition
sv sv-rich sv-living:
  show 0 CONFIRMED Röster
  show-run 0 CONFIRMED Röster
sv-hours:
  hours-0 0 CONFIRMED Öppet: Röster
  show 0 CONFIRMED Röster
en en-rich en-living file-show seated queued gone:
  show 0 CONFIRMED Voices
  show-run 0 CONFIRMED Voices
en-hours:
  hours-0 0 CONFIRMED Open: Voices
  show 0 CONFIRMED Voices

# move the talk
sv sv-hours sv-rich sv-living:
  talk 1 CONFIRMED Vatten
en en-hours en-rich en-living file-talk:
  talk 1 CONFIRMED Water
seated gone:
  talk 4 CONFIRMED Water
queued:
  talk 4 TENTATIVE Water

# move a day of the conference
sv sv-hours sv-rich sv-living:
  days-1 1 CONFIRMED Dagarna (2 av 2)
en en-hours en-rich en-living:
  days-1 1 CONFIRMED Days (2 of 2)
seated gone:
  days 3 CONFIRMED Days (1 of 2)
  days-1 4 CONFIRMED Days (2 of 2)
queued:
  days 3 TENTATIVE Days (1 of 2)
  days-1 4 TENTATIVE Days (2 of 2)

# lengthen the exhibition
sv sv-rich sv-living:
  show-run 1 CONFIRMED Röster
sv-hours:
  hours-0 1 CONFIRMED Öppet: Röster
en en-rich en-living file-show seated queued gone:
  show-run 1 CONFIRMED Voices
en-hours:
  hours-0 1 CONFIRMED Open: Voices

# close the exhibition for a day
sv sv-rich sv-living:
  show-run 2 CONFIRMED Röster
sv-hours:
  hours-0 2 CONFIRMED Öppet: Röster
  hours-0@20261210 2 CANCELLED Öppet: Röster
en en-rich en-living file-show seated queued gone:
  show-run 2 CONFIRMED Voices
en-hours:
  hours-0 2 CONFIRMED Open: Voices
  hours-0@20261210 2 CANCELLED Open: Voices

# rename the venue
sv sv-rich sv-living:
  days 1 CONFIRMED Dagarna (1 av 2)
  days-1 2 CONFIRMED Dagarna (2 av 2)
  show 1 CONFIRMED Röster
  show-run 3 CONFIRMED Röster
  talk 2 CONFIRMED Vatten
sv-hours:
  days 1 CONFIRMED Dagarna (1 av 2)
  days-1 2 CONFIRMED Dagarna (2 av 2)
  hours-0 3 CONFIRMED Öppet: Röster
  hours-0@20261210 3 CANCELLED Öppet: Röster
  show 1 CONFIRMED Röster
  talk 2 CONFIRMED Vatten
en en-rich en-living:
  days 1 CONFIRMED Days (1 of 2)
  days-1 2 CONFIRMED Days (2 of 2)
  show 1 CONFIRMED Voices
  show-run 3 CONFIRMED Voices
  talk 2 CONFIRMED Water
en-hours:
  days 1 CONFIRMED Days (1 of 2)
  days-1 2 CONFIRMED Days (2 of 2)
  hours-0 3 CONFIRMED Open: Voices
  hours-0@20261210 3 CANCELLED Open: Voices
  show 1 CONFIRMED Voices
  talk 2 CONFIRMED Water
file-talk:
  talk 2 CONFIRMED Water
file-show:
  show 1 CONFIRMED Voices
  show-run 3 CONFIRMED Voices
seated gone:
  days 4 CONFIRMED Days (1 of 2)
  days-1 5 CONFIRMED Days (2 of 2)
  show 1 CONFIRMED Voices
  show-run 3 CONFIRMED Voices
  talk 5 CONFIRMED Water
queued:
  days 4 TENTATIVE Days (1 of 2)
  days-1 5 TENTATIVE Days (2 of 2)
  show 1 CONFIRMED Voices
  show-run 3 CONFIRMED Voices
  talk 5 TENTATIVE Water

# translate the talk
sv sv-hours sv-rich sv-living:
  talk 3 CONFIRMED Vattnet
seated gone:
  talk 7 CONFIRMED Water
queued:
  talk 7 TENTATIVE Water

# translate the exhibition
en en-rich en-living file-show seated queued gone:
  show 2 CONFIRMED Voices of today
  show-run 4 CONFIRMED Voices of today
en-hours:
  hours-0 4 CONFIRMED Open: Voices of today
  hours-0@20261210 4 CANCELLED Open: Voices of today
  show 2 CONFIRMED Voices of today

# a seat for who waits
queued:
  days 5 CONFIRMED Days (1 of 2)
  days-1 6 CONFIRMED Days (2 of 2)
  talk 8 CONFIRMED Water

# a seat given up
gone:
  days 6 CONFIRMED Days (1 of 2)
  days-1 7 CONFIRMED Days (2 of 2)
  talk 9 CONFIRMED Water

# cancel the talk
sv sv-hours sv-rich:
  talk 4 CANCELLED Vattnet
sv-living en-living:
  talk left
en en-hours en-rich file-talk:
  talk 4 CANCELLED Water
seated:
  talk 9 CANCELLED Water
queued:
  talk 10 CANCELLED Water
gone:
  talk 11 CANCELLED Water

# withdraw the conference
sv sv-hours sv-rich:
  days 2 CANCELLED Evenemanget är borttaget
  days-1 3 CANCELLED Evenemanget är borttaget
sv-living en-living:
  days left
  days-1 left
en en-hours en-rich:
  days 2 CANCELLED Event withdrawn
  days-1 3 CANCELLED Event withdrawn
seated:
  days 7 CANCELLED Event withdrawn
  days-1 8 CANCELLED Event withdrawn
queued gone:
  days 8 CANCELLED Event withdrawn
  days-1 9 CANCELLED Event withdrawn

# withdraw the exhibition
sv sv-rich:
  show 3 CANCELLED Evenemanget är borttaget
  show-run 5 CANCELLED Evenemanget är borttaget
sv-hours:
  hours-0 5 CANCELLED Evenemanget är borttaget
  hours-0@20261210 5 CANCELLED Evenemanget är borttaget
  show 3 CANCELLED Evenemanget är borttaget
sv-living en-living:
  show left
  show-run left
en en-rich file-show seated queued gone:
  show 3 CANCELLED Event withdrawn
  show-run 5 CANCELLED Event withdrawn
en-hours:
  hours-0 5 CANCELLED Event withdrawn
  hours-0@20261210 5 CANCELLED Event withdrawn
  show 3 CANCELLED Event withdrawn

# publish the conference again
sv sv-hours sv-rich sv-living:
  days 3 CONFIRMED Dagarna (1 av 2)
  days-1 4 CONFIRMED Dagarna (2 av 2)
en en-hours en-rich en-living:
  days 3 CONFIRMED Days (1 of 2)
  days-1 4 CONFIRMED Days (2 of 2)
seated:
  days 8 CONFIRMED Days (1 of 2)
  days-1 9 CONFIRMED Days (2 of 2)
queued:
  days 9 CONFIRMED Days (1 of 2)
  days-1 10 CONFIRMED Days (2 of 2)
gone:
  days 10 CONFIRMED Days (1 of 2)
  days-1 11 CONFIRMED Days (2 of 2)

# publish the exhibition again
sv sv-rich sv-living:
  show 4 CONFIRMED Röster
  show-run 6 CONFIRMED Röster
sv-hours:
  hours-0 6 CONFIRMED Öppet: Röster
  hours-0@20261210 left
  show 4 CONFIRMED Röster
en en-rich en-living file-show seated queued gone:
  show 4 CONFIRMED Voices of today
  show-run 6 CONFIRMED Voices of today
en-hours:
  hours-0 6 CONFIRMED Open: Voices of today
  hours-0@20261210 left
  show 4 CONFIRMED Voices of today

# delete a draft

# cancel the exhibition
sv sv-rich:
  show 5 CANCELLED Röster
  show-run 7 CANCELLED Röster
sv-hours:
  hours-0 7 CANCELLED Öppet: Röster
  show 5 CANCELLED Röster
sv-living en-living:
  show left
  show-run left
en en-rich file-show seated queued gone:
  show 5 CANCELLED Voices of today
  show-run 7 CANCELLED Voices of today
en-hours:
  hours-0 7 CANCELLED Open: Voices of today
  show 5 CANCELLED Voices of today

# nothing
"""  # by feed: entry SEQUENCE STATUS title


def _steps(life: LifeWithOptions):
    """Yield what is done, in words, and do it."""

    def rename(name: dict[str, str]):
        def act() -> None:
            house = {"street": "Provgatan 1", "postcode": "111 11", "city": "Stockholm", "country": "SE"}
            with life.app.app_context():
                fields = VenueFields(name=name, tz="Europe/Stockholm", rooms=(life.room(),), **house)
                save_venue(life.house, fields, by=life.by)

        return act

    yield "publish the talk", lambda: life.do(publish_event, "talk")
    yield "publish the conference", lambda: life.do(publish_event, "days")
    yield "publish the exhibition", lambda: life.do(publish_event, "show")
    yield "move the talk", lambda: life.move("talk", "2026-12-04T18:00")
    yield "move a day of the conference", lambda: life.move("days", "2026-12-10T10:00", 1)
    longer = life.exhibition("2026-12-01", "2026-12-24")
    yield "lengthen the exhibition", lambda: life.edit("show", details=longer)
    closed = {"exhibition": {**longer["exhibition"], "closed": [{"date": "2026-12-10", "name": {"en": "Inventory"}}]}}
    yield "close the exhibition for a day", lambda: life.edit("show", details=closed)
    yield "rename the venue", rename({"sv": "Nya huset", "en": "New house"})
    yield "translate the talk", lambda: life.edit("talk", title={"sv": "Vattnet", "en": "Water"})
    yield "translate the exhibition", lambda: life.edit("show", title={"sv": "Röster", "en": "Voices of today"})
    yield "a seat for who waits", lambda: life.turn("queued", Seat.CONFIRMED)
    yield "a seat given up", lambda: life.turn("gone", Seat.WITHDRAWN)
    yield "cancel the talk", lambda: life.do(cancel_event, "talk", {"sv": "Sjukdom.", "en": "Illness."})
    yield "withdraw the conference", lambda: life.do(withdraw_event, "days")
    yield "withdraw the exhibition", lambda: life.do(withdraw_event, "show")
    yield "publish the conference again", lambda: life.do(publish_event, "days")
    yield "publish the exhibition again", lambda: life.do(publish_event, "show")
    yield "delete a draft", lambda: life.do(delete_draft, "draft")
    yield "cancel the exhibition", lambda: life.do(cancel_event, "show", {"sv": "Vatten.", "en": "Water."})
    yield "nothing", lambda: None


def test_every_feed_with_options_changes_exactly_as_the_programme_does(any_app):
    life = LifeWithOptions(any_app)
    subscriber = life.begin()
    told = [f"# begin\n{life.told(subscriber.poll())}".rstrip()]
    for number, (what, act) in enumerate(_steps(life), 1):
        with clock.fixed(NOW + timedelta(hours=number)):
            act()
            life.name_hours()
            told.append(f"\n# {what}\n{life.told(subscriber.poll())}".rstrip())
            if number in READ:
                subscriber.read_all(name for name in subscriber.feeds if "rich" not in name)

    assert "\n".join(told) == LIFE.strip()
