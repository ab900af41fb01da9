"""A scripted life: after each thing that organizers do, every feed is fetched, and exactly what should change does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from cag_events import clock, keyring
from cag_events.audiences.models import Contact, Segment
from cag_events.audiences.services import ContactFields, SegmentFields, save_contact, save_segment
from cag_events.db import db, transaction
from cag_events.domain.event import Mode, Safety, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.domain.recurrence import Scope
from cag_events.domain.seats import Status as Seat
from cag_events.events.drafts import fields_of, occurrences_of
from cag_events.events.fields import OccurrenceFields
from cag_events.events.models import Campaign, Event, Room, Theme, Venue
from cag_events.events.services.lifecycle import cancel_event, postpone_event, publish_event, withdraw_event
from cag_events.events.services.moving import cancel_date, move_date, restore_date
from cag_events.events.services.planning import delete_draft, edit_event
from cag_events.events.services.venues import RoomFields, VenueFields, save_venue
from cag_events.events.services.words import CampaignFields, ThemeFields, save_campaign, save_kind_words, save_theme
from cag_events.feeds.services import NewFeed, make_feed
from cag_events.permissions import Actor, Role
from cag_events.registrations.models import Registration, RegistrationOccurrence
from tests.conftest import NOW
from tests.factories import (
    make_account,
    make_campaign,
    make_contact,
    make_event,
    make_segment,
    make_theme,
    make_venue,
)
from tests.feeds.subscribing import Subscriber, entry_of, stored_instants


def seat(event_id: int, email: str) -> None:
    """Give somebody a seat for all dates of an event."""
    with transaction():
        row = Registration(
            event_id=event_id,
            code=keyring.new_token()[:6],
            status=Seat.CONFIRMED,
            party=1,
            mode=Mode.ONSITE,
            language="en",
            email_index=keyring.blind_index(email),
            registered_at=clock.now(),
            joined_at=clock.now(),
            confirmed_at=clock.now(),
        )
        db.session.add(row)
        db.session.flush()
        db.session.add_all(
            RegistrationOccurrence(registration_id=row.id, occurrence_id=occurrence.id)
            for occurrence in occurrences_of(event_id)
        )


class Life:
    """A small programme with an organizer who changes it, an hour between any two things done."""

    def __init__(self, app) -> None:
        self.app = app
        with app.app_context():
            organizer = make_account(Role.ADMIN)
            self.by = Actor(organizer.id, organizer.role)
            self.house = make_venue(key="house", name={"sv": "Gamla huset", "en": "Old house"}).id
            self.gender, self.water = make_theme("gender").id, make_theme("environment", token="env").id
            self.segment, self.campaign = make_segment("students").id, make_campaign("campaign").id
            self.speaker = make_contact("asel", named=True, name="Asel Provsson").id
            self.ids: dict[str, int] = {}
            self.labels: dict[str, str] = {}

    def make(self, label: str, **values) -> None:
        """Make an event and remember its UIDs."""
        with self.app.app_context():
            event = make_event(key=label, lead_id=self.by.account_id, **values)
            self.ids[label] = event.id
            self.labels |= {row.uid: label if not n else f"{label}-{n}" for n, row in enumerate(event.occurrences)}
            if event.run_from:
                self.labels[event.uid] = f"{label}-run"

    def edit(self, label: str, **changes) -> None:
        """Save an event as the editor does."""
        with self.app.app_context():
            event = db.session.get(Event, self.ids[label])
            edit_event(event.id, replace(fields_of(event), **changes), version=event.version, by=self.by)

    def do(self, service: Callable, label: str, *args, **values) -> None:
        """Call a service of events."""
        with self.app.app_context():
            event = db.session.get(Event, self.ids[label])
            service(event.id, *args, version=event.version, by=self.by, **values)

    def on_date(self, service: Callable, label: str, number: int, *args, **values) -> None:
        """Call a service of an event's dates."""
        with self.app.app_context():
            event = db.session.get(Event, self.ids[label])
            row = occurrences_of(event.id)[number]
            service(event.id, row.id, *args, version=event.version, by=self.by, **values)

    def move(self, label: str, starts: str, number: int = 0) -> None:
        """Drag a date in the calendar."""
        with self.app.app_context():
            event = db.session.get(Event, self.ids[label])
            row = occurrences_of(event.id)[number]
            start = datetime.fromisoformat(starts)
            length = datetime.fromisoformat(row.ends_wall) - datetime.fromisoformat(row.starts_wall)
            move_date(event.id, row.id, start, start + length, version=event.version, by=self.by)

    def redate(self, label: str, *, more: bool) -> None:
        """Add a date at the end, a week after the last, or take the last one out."""
        with self.app.app_context():
            event = db.session.get(Event, self.ids[label])
            dates, week = fields_of(event).occurrences, timedelta(days=7)
            last = dates[-1]
            new = OccurrenceFields(starts_wall=last.starts_wall + week, ends_wall=last.ends_wall + week)
            dates = (*dates, new) if more else dates[:-1] or dates
            edit_event(event.id, replace(fields_of(event), occurrences=dates), version=event.version, by=self.by)

    def venue(self) -> Venue:
        """The house."""
        with self.app.app_context():
            return db.session.get(Venue, self.house)

    def themes(self) -> list[Theme]:
        """Both themes."""
        with self.app.app_context():
            return [db.session.get(Theme, row_id) for row_id in (self.gender, self.water)]

    def room(self) -> RoomFields:
        """The room of the house, as it is."""
        with self.app.app_context():
            room = db.session.scalars(select(Room).where(Room.venue_id == self.house)).one()
            return RoomFields(id=room.id, name=room.name, capacity=room.capacity)

    def campaign_fields(self, name) -> CampaignFields:
        """The campaign's fields with another name."""
        return CampaignFields(name=name, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 31))

    def begin(self) -> Subscriber:
        """Make the programme, and somebody with a seat who subscribes to all of it."""
        with self.app.app_context():
            shared = {
                "venue": self.venue(),
                "campaign": db.session.get(Campaign, self.campaign),
                "segments": [db.session.get(Segment, self.segment)],
            }
            gender, water = (db.session.get(Theme, row_id) for row_id in (self.gender, self.water))
            speaker = db.session.get(Contact, self.speaker)
        talk = {"sv": "Vatten", "en": "Water"}
        self.make("talk", title=talk, themes=[gender], people=[(speaker, "speaker")], status=Status.DRAFT, **shared)
        self.make("other", title={"sv": "Annat", "en": "Other"}, themes=[gender, water], **shared)
        dates = ["2026-12-01T18:00", "2026-12-08T18:00", "2026-12-15T18:00"]
        self.make("circle", title={"sv": "Cirkel", "en": "Circle"}, themes=[water], dates=dates)
        rule = {"starts": "2027-03-16T18:00", "rrule": "FREQ=WEEKLY;COUNT=4"}
        self.make("rule", title={"sv": "Serie", "en": "Series"}, themes=[water], kind="workshop", **rule)
        self.make("far", title={"sv": "Fjärran", "en": "Far"}, themes=[water], kind="workshop")
        self.make("draft", title={"sv": "Utkast", "en": "Draft"}, status=Status.DRAFT, published_at=None)
        feeds = {
            "sv": "/feeds/programme.ics?lang=sv",
            "en": "/feeds/programme.ics?lang=en",
            "gender": "/feeds/themes/gender.ics?lang=en",
            "environment": "/feeds/themes/environment.ics?lang=en",
            "segment": "/feeds/segments/students.ics?lang=en",
            "campaign": "/feeds/campaigns/campaign.ics?lang=en",
            "file": "/events/talk.ics?lang=en",
            "own": f"/feeds/private/{self.follow('talk', 'other')}.ics",
        }
        return Subscriber(self.app.test_client(), feeds)

    def follow(self, *labels: str) -> str:
        """Make a member with seats at events and an own feed; returns its token."""
        with self.app.app_context():
            member = make_account(Role.MEMBER, language="en")
            token = make_feed(NewFeed(name="Mine"), by=Actor(member.id, member.role))[1]
            db.session.refresh(member)
            for label in labels:
                seat(self.ids[label], member.email)
            return token

    def check_instants(self, subscriber: Subscriber) -> None:
        """Compare what all readers saw with the database."""
        with self.app.app_context():
            stored = stored_instants()
            ruled = {(row.starts_at, row.ends_at) for row in occurrences_of(self.ids["rule"])}
        for dates in subscriber.dates.values():
            for one in dates:
                if self.labels[one.uid] == "rule":
                    assert (one.starts, one.ends) in ruled
                elif one.uid in stored and one.summary != "Event withdrawn":
                    assert (one.starts, one.ends) == stored[one.uid]

    def told(self, changed) -> str:
        """Say what changed: a line for each way in which feeds changed alike."""
        ways: dict[tuple[str, ...], list[str]] = {}
        for feed, blocks in changed.items():
            lines = []
            for (uid, recurrence), block in sorted(
                blocks.items(), key=lambda pair: (self.labels[pair[0][0]], pair[0][1])
            ):
                label = self.labels[uid] + (f"@{recurrence[:8]}" if recurrence else "")
                if block is None:
                    lines.append(f"{label} left")
                    continue
                entry = entry_of(block)
                title = entry.one("SUMMARY").text
                lines.append(f"{label} {entry.one('SEQUENCE').value} {entry.one('STATUS').value} {title}")
            ways.setdefault(tuple(lines), []).append(feed)
        return "\n".join(f"{' '.join(feeds)}:\n  " + "\n  ".join(way) for way, feeds in ways.items())


LIFE = """
# begin
sv:
  circle 0 CONFIRMED Cirkel (1 av 3)
  circle-1 0 CONFIRMED Cirkel (2 av 3)
  circle-2 0 CONFIRMED Cirkel (3 av 3)
  far 0 CONFIRMED Fjärran
  other 0 CONFIRMED Annat
  rule 0 CONFIRMED Serie
en environment:
  circle 0 CONFIRMED Circle (1 of 3)
  circle-1 0 CONFIRMED Circle (2 of 3)
  circle-2 0 CONFIRMED Circle (3 of 3)
  far 0 CONFIRMED Far
  other 0 CONFIRMED Other
  rule 0 CONFIRMED Series
gender segment campaign:
  other 0 CONFIRMED Other
own:
  circle 0 CONFIRMED Circle (1 of 3)
  circle-1 0 CONFIRMED Circle (2 of 3)
  circle-2 0 CONFIRMED Circle (3 of 3)
  far 0 CONFIRMED Far
  other 1 CONFIRMED Other
  rule 0 CONFIRMED Series

# publish
sv:
  talk 0 CONFIRMED Vatten
en gender segment campaign file:
  talk 0 CONFIRMED Water
own:
  talk 2 CONFIRMED Water

# edit what nobody sees
own:
  talk 3 CONFIRMED Water

# translate
sv:
  talk 1 CONFIRMED Vattnet
own:
  talk 5 CONFIRMED Water

# rename the venue
sv:
  other 1 CONFIRMED Annat
  talk 2 CONFIRMED Vattnet
en gender segment campaign:
  other 1 CONFIRMED Other
  talk 2 CONFIRMED Water
environment:
  other 1 CONFIRMED Other
file:
  talk 2 CONFIRMED Water
own:
  other 2 CONFIRMED Other
  talk 6 CONFIRMED Water

# move
sv:
  talk 3 CONFIRMED Vattnet
en gender segment campaign file:
  talk 3 CONFIRMED Water
own:
  talk 8 CONFIRMED Water

# rename a theme
sv:
  other 2 CONFIRMED Annat
  talk 4 CONFIRMED Vattnet
en gender segment campaign:
  other 2 CONFIRMED Other
  talk 4 CONFIRMED Water
environment:
  other 2 CONFIRMED Other
file:
  talk 4 CONFIRMED Water
own:
  other 3 CONFIRMED Other
  talk 9 CONFIRMED Water
gender is called cag_events: Gender

# rename a person
own:
  talk 10 CONFIRMED Water

# rename a campaign
campaign is called cag_events: New

# rename a segment
segment is called cag_events: All

# rename a kind
sv:
  circle 1 CONFIRMED Cirkel (1 av 3)
  circle-1 1 CONFIRMED Cirkel (2 av 3)
  circle-2 1 CONFIRMED Cirkel (3 av 3)
  other 3 CONFIRMED Annat
  talk 6 CONFIRMED Vattnet
en:
  circle 1 CONFIRMED Circle (1 of 3)
  circle-1 1 CONFIRMED Circle (2 of 3)
  circle-2 1 CONFIRMED Circle (3 of 3)
  other 3 CONFIRMED Other
  talk 6 CONFIRMED Water
gender segment campaign:
  other 3 CONFIRMED Other
  talk 6 CONFIRMED Water
environment:
  circle 1 CONFIRMED Circle (1 of 3)
  circle-1 1 CONFIRMED Circle (2 of 3)
  circle-2 1 CONFIRMED Circle (3 of 3)
  other 3 CONFIRMED Other
file:
  talk 6 CONFIRMED Water
own:
  circle 1 CONFIRMED Circle (1 of 3)
  circle-1 1 CONFIRMED Circle (2 of 3)
  circle-2 1 CONFIRMED Circle (3 of 3)
  other 4 CONFIRMED Other
  talk 11 CONFIRMED Water

# retag
sv:
  talk 7 CONFIRMED Vattnet
en environment segment campaign file:
  talk 7 CONFIRMED Water
gender:
  talk left
own:
  talk 13 CONFIRMED Water

# postpone
sv:
  talk 8 TENTATIVE Vattnet
en environment segment campaign file:
  talk 8 TENTATIVE Water
own:
  talk 15 TENTATIVE Water

# give the new date
sv:
  talk 9 TENTATIVE Vattnet
en environment segment campaign file:
  talk 9 TENTATIVE Water
own:
  talk 17 TENTATIVE Water

# publish again
sv:
  talk 10 CONFIRMED Vattnet
en environment segment campaign file:
  talk 10 CONFIRMED Water
own:
  talk 19 CONFIRMED Water

# move a date of several
sv:
  circle-1 2 CONFIRMED Cirkel (2 av 3)
en environment own:
  circle-1 2 CONFIRMED Circle (2 of 3)

# narrow to members
sv:
  other 4 CANCELLED Evenemanget är borttaget
en gender environment segment campaign:
  other 4 CANCELLED Event withdrawn
own:
  other 6 CONFIRMED Other

# widen again
sv:
  other 5 CONFIRMED Annat
en gender environment segment campaign:
  other 5 CONFIRMED Other
own:
  other 8 CONFIRMED Other

# guard
sv:
  other 6 CONFIRMED Föredrag
en:
  other 6 CONFIRMED Talk
gender environment segment campaign:
  other left
own:
  other 10 CONFIRMED Talk

# open again
sv:
  other 7 CONFIRMED Annat
en gender environment segment campaign:
  other 7 CONFIRMED Other
own:
  other 12 CONFIRMED Other

# withdraw for safety
sv:
  other 8 CANCELLED Evenemanget är borttaget
en gender environment segment campaign:
  other 8 CANCELLED Event withdrawn
own:
  other 15 CANCELLED Event withdrawn

# publish after that
sv:
  other 9 CONFIRMED Annat
en gender environment segment campaign:
  other 9 CONFIRMED Other
own:
  other 16 CONFIRMED Other

# make private
sv:
  other 10 CANCELLED Evenemanget är borttaget
en gender environment segment campaign:
  other 10 CANCELLED Event withdrawn
own:
  other 18 CONFIRMED Other

# take a date out
sv:
  circle 2 CONFIRMED Cirkel (1 av 2)
  circle-1 3 CONFIRMED Cirkel (2 av 2)
  circle-2 2 CANCELLED Evenemanget är borttaget
en environment own:
  circle 2 CONFIRMED Circle (1 of 2)
  circle-1 3 CONFIRMED Circle (2 of 2)
  circle-2 2 CANCELLED Event withdrawn

# cancel
sv:
  talk 11 CANCELLED Vattnet
en environment segment campaign file:
  talk 11 CANCELLED Water
own:
  talk 21 CANCELLED Water

# delete a draft

# move a date of a rule
sv:
  rule 1 CONFIRMED Serie
  rule@20270323 1 CONFIRMED Serie
en environment own:
  rule 1 CONFIRMED Series
  rule@20270323 1 CONFIRMED Series

# call a date of a rule off
sv:
  rule 2 CONFIRMED Serie
  rule@20270323 2 CONFIRMED Serie
  rule@20270330 2 CANCELLED Serie
en environment own:
  rule 2 CONFIRMED Series
  rule@20270323 2 CONFIRMED Series
  rule@20270330 2 CANCELLED Series

# restore it
sv:
  rule 3 CONFIRMED Serie
  rule@20270323 3 CONFIRMED Serie
  rule@20270330 left
en environment own:
  rule 3 CONFIRMED Series
  rule@20270323 3 CONFIRMED Series
  rule@20270330 left

# move the rest of a rule
sv:
  rule 4 CONFIRMED Serie
  rule@20270323 left
  rule@20270323 4 CONFIRMED Serie
en environment own:
  rule 4 CONFIRMED Series
  rule@20270323 left
  rule@20270323 4 CONFIRMED Series

# nothing
"""  # by feed: entry SEQUENCE STATUS title; an own feed rises with all that any form of an entry shows


def _steps(life: Life):
    """Yield what is done, in words, and do it."""
    members = {"visibility": Visibility.MEMBERS}

    def service(function, *args, **values):
        def act() -> None:
            with life.app.app_context():
                function(*args, **values, by=life.by)

        return act

    house = {"street": "Provgatan 1", "postcode": "111 11", "city": "Stockholm", "country": "SE"}
    house |= {"tz": "Europe/Stockholm", "rooms": (life.room(),)}
    place = VenueFields(name={"sv": "Nya huset", "en": "New house"}, **house)
    water = {"sv": "Vattnet", "en": "Water"}
    gender = ThemeFields(name={"sv": "Genus", "en": "Gender"}, token="gen")
    yield "publish", lambda: life.do(publish_event, "talk")
    yield "edit what nobody sees", lambda: life.edit("talk", opens_days=30)
    yield "translate", lambda: life.edit("talk", title=water)
    yield "rename the venue", service(save_venue, life.house, place)
    yield "move", lambda: life.move("talk", "2026-12-04T18:00")
    yield "rename a theme", service(save_theme, life.gender, gender)
    yield "rename a person", service(save_contact, life.speaker, ContactFields(name="Asel Testova", named=True))
    yield "rename a campaign", service(save_campaign, life.campaign, life.campaign_fields({"sv": "Ny", "en": "New"}))
    yield "rename a segment", service(save_segment, life.segment, SegmentFields(name={"sv": "Alla", "en": "All"}))
    yield "rename a kind", service(save_kind_words, "lecture", {"sv": "Föredrag", "en": "Talk"}, {}, 90)
    yield "retag", lambda: life.edit("talk", themes=("environment",))
    yield "postpone", lambda: life.do(postpone_event, "talk")
    yield "give the new date", lambda: life.move("talk", "2026-12-10T17:00")
    yield "publish again", lambda: life.do(publish_event, "talk")
    yield "move a date of several", lambda: life.move("circle", "2026-12-09T18:30", 1)
    yield "narrow to members", lambda: life.edit("other", **members)
    yield "widen again", lambda: life.edit("other", visibility=Visibility.PUBLIC)
    yield "guard", lambda: life.edit("other", safety=Safety.GUARDED)
    yield "open again", lambda: life.edit("other", safety=Safety.OPEN)
    yield "withdraw for safety", lambda: life.do(withdraw_event, "other")
    yield "publish after that", lambda: life.do(publish_event, "other")
    yield "make private", lambda: life.edit("other", visibility=Visibility.PRIVATE)
    yield "take a date out", lambda: life.redate("circle", more=False)
    yield "cancel", lambda: life.do(cancel_event, "talk", {"sv": "Sjukdom.", "en": "Illness."})
    yield "delete a draft", lambda: life.do(delete_draft, "draft")
    yield "move a date of a rule", lambda: life.move("rule", "2027-03-24T17:00", 1)
    yield "call a date of a rule off", lambda: life.on_date(cancel_date, "rule", 2, {"sv": "Snö.", "en": "Snow."})
    yield "restore it", lambda: life.on_date(restore_date, "rule", 2)
    yield "move the rest of a rule", lambda: life.on_date(move_date, "rule", 3, *_april(), scope=Scope.ALL)
    yield "nothing", lambda: None


def _april() -> tuple[datetime, datetime]:
    """The last date of the rule, an hour later than it was."""
    return datetime(2027, 4, 6, 19, 0), datetime(2027, 4, 6, 20, 30)


def test_every_feed_changes_exactly_as_the_programme_does(any_app):
    life = Life(any_app)
    subscriber = life.begin()
    told = [f"# begin\n{life.told(subscriber.poll())}"]
    names = dict(subscriber.names)

    for number, (what, act) in enumerate(_steps(life), 1):
        with clock.fixed(NOW + timedelta(hours=number)):
            act()
            told.append(f"\n# {what}\n{life.told(subscriber.poll())}".rstrip())
            renamed = {feed: name for feed, name in subscriber.names.items() if names.get(feed, name) != name}
            told += [f"{feed} is called {name}" for feed, name in renamed.items()]
            names |= subscriber.names
            life.check_instants(subscriber)

    assert "\n".join(told) == LIFE.strip()
