"""Plain functions that make rows with dull, valid defaults; a test names only what matters to it."""

import re
import uuid
from datetime import date, datetime, timedelta
from html import unescape
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from cag_events import clock, keyring
from cag_events.accounts.models import Account, Organisation
from cag_events.accounts.sessions import Sessions
from cag_events.audiences.models import Contact, Partner, Segment
from cag_events.db import db, transaction
from cag_events.domain import when
from cag_events.domain.event import Mode, RegistrationMode
from cag_events.domain.lifecycle import Status
from cag_events.events import records
from cag_events.events.models import (
    Campaign,
    Event,
    EventLanguage,
    EventPart,
    EventPartner,
    EventPerson,
    EventSegment,
    EventTheme,
    Room,
    Theme,
    Venue,
)
from cag_events.events.timing import make_occurrences, set_span
from cag_events.permissions import Role
from cag_events.web.session import Sessions as SessionInterface

_numbers = count(1)


def _add(row: Any) -> Any:
    with transaction():
        db.session.add(row)
    return row


def make_organisation(**values: Any) -> Organisation:
    """The organisation whose site it is."""
    defaults: dict[str, Any] = {"key": "house", "name": {"sv": "Provhuset", "en": "The Test House"}, "short": "TH"}
    return _add(Organisation(**{**defaults, **values}))


def make_venue(**values: Any) -> Venue:
    """A venue in Stockholm with one room for 100."""
    number = next(_numbers)
    rooms = values.pop("rooms", None) or [Room(key="hall", name="Stora salen", capacity=100)]
    defaults: dict[str, Any] = {
        "key": f"venue-{number}",
        "name": {"sv": f"Huset {number}", "en": f"The House {number}"},
        "street": "Provgatan 1",
        "postcode": "111 11",
        "city": "Stockholm",
        "country": "SE",
        "tz": "Europe/Stockholm",
        "lat": 59.33,
        "lon": 18.06,
    }
    return _add(Venue(**{**defaults, **values}, rooms=rooms))


def make_online_venue() -> Venue:
    """The row that stands for online."""
    known = db.session.scalar(select(Venue).where(Venue.virtual))
    online = {"sv": "Online", "en": "Online"}
    return known or _add(Venue(key="online", name=online, tz="Europe/Stockholm", virtual=True))


def make_theme(key: str = "gender", **values: Any) -> Theme:
    """A theme; `parent` makes it a subtopic."""
    if known := db.session.scalar(select(Theme).where(Theme.key == key)):
        return known
    parent: Theme | None = values.pop("parent", None)
    defaults: dict[str, Any] = {"name": {"sv": f"Tema {key}", "en": f"Theme {key}"}, "token": "gen", "icon": "venus"}
    return _add(Theme(key=key, parent_id=parent.id if parent else None, **{**defaults, **values}))


def make_segment(key: str = "students", **values: Any) -> Segment:
    """A segment."""
    if known := db.session.scalar(select(Segment).where(Segment.key == key)):
        return known
    return _add(Segment(key=key, **{"name": {"sv": f"Grupp {key}", "en": f"Group {key}"}, **values}))


def make_contact(key: str | None = None, **values: Any) -> Contact:
    """Somebody who may take part in front."""
    key = key or f"contact-{next(_numbers)}"
    defaults: dict[str, Any] = {"name": f"Person {key}", "title": {"sv": "Forskare", "en": "Researcher"}}
    return _add(Contact(key=key, **{**defaults, **values}))


def make_partner(key: str | None = None, **values: Any) -> Partner:
    """An organisation that co-hosts."""
    key = key or f"partner-{next(_numbers)}"
    return _add(Partner(key=key, **{"name": f"Partner {key}", **values}))


def make_campaign(key: str = "campaign", **values: Any) -> Campaign:
    """A campaign over the last weeks of 2026."""
    defaults: dict[str, Any] = {
        "name": {"sv": f"Kampanj {key}", "en": f"Campaign {key}"},
        "starts_on": date(2026, 11, 1),
        "ends_on": date(2026, 12, 31),
    }
    return _add(Campaign(key=key, **{**defaults, **values}))


def make_account(role: Role = Role.ORGANIZER, **values: Any) -> Account:
    """An account without a password."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "email": f"{role.value}{number}@example.org",
        "name": f"{role.value.title()} {number}",
        "created_at": clock.now(),
    }
    return _add(Account(role=role, **{**defaults, **values}))


def sign_in(client: FlaskClient, account: Account | Role = Role.ORGANIZER) -> Account:
    """Sign a browser in, without a form: a row and its cookie. A role makes an account of it."""
    with client.application.app_context():
        known = make_account(account) if isinstance(account, Role) else account
        session_id = keyring.new_token()
        Sessions().open(keyring.token_hash(session_id, "session"), known.id, clock.now())
        if isinstance(account, Role):
            db.session.refresh(known)
    client.set_cookie(cookie_name(client), session_id, domain="localhost")
    return known


def sign_in_by_form(client: FlaskClient, email: str, password: str, lang: str = "sv") -> TestResponse:
    """Sign a browser in as people do; returns the answer to the form."""
    return post(client, f"/{lang}/account/login", {"email": email, "password": password})


def cookie_name(client: FlaskClient) -> str:
    """The name of the session's cookie."""
    interface = client.application.session_interface
    assert isinstance(interface, SessionInterface)
    return interface.cookie


def csrf_token(client: FlaskClient, path: str = "/sv/account/login") -> str:
    """The token that a page's form carries; works for every form of this browser."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).text)
    assert found, f"{path} has no form"
    return found[1]


def hidden_fields(html: str) -> dict[str, str]:
    """The names and values of the hidden fields of a page's first form with a token."""
    form = next(part for part in html.split("<form")[1:] if "csrf_token" in part)
    tags = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", form.partition("</form>")[0])
    pairs = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return {name[1]: unescape(value[1]) if value else "" for name, value in pairs if name}


def post(client: FlaskClient, path: str, values: dict[str, Any], page: str | None = None) -> TestResponse:
    """Send a form as a browser does: the hidden fields of its page (`page`, else the same path) go along."""
    return client.post(path, data={**hidden_fields(client.get(page or path).text), **values})


def make_event(
    *,
    starts: str | datetime = "2026-12-03T18:00",
    minutes: int = 90,
    dates: list[str] | None = None,
    rrule: str | None = None,
    venue: Venue | None = None,
    themes: list[Theme] | None = None,
    segments: list[Segment] | None = None,
    partners: list[Partner] | None = None,
    people: list[tuple[Contact, str]] | None = None,
    languages: list[str] | None = None,
    campaign: Campaign | None = None,
    run: tuple[date, date] | None = None,
    **values: Any,
) -> Event:
    """A published, public lecture in Stockholm with open registration for 50; `dates` gives several occurrences."""
    number = next(_numbers)
    now = clock.now()
    mode = Mode(values.get("mode", Mode.ONSITE))
    venue = venue or (make_online_venue() if mode is Mode.ONLINE else make_venue())
    themes = [make_theme()] if themes is None else themes
    defaults: dict[str, Any] = {
        "uid": str(uuid.uuid4()),
        "key": f"event-{number}",
        "kind": "lecture",
        "status": Status.PUBLISHED,
        "mode": mode,
        "title": {"sv": f"Föreläsning {number}", "en": f"Lecture {number}"},
        "summary": {"sv": "Kort om det.", "en": "In short."},
        "body": {"sv": "Längre om det.", "en": "At length."},
        "registration_mode": RegistrationMode.OPEN,
        "capacity": 0 if mode is Mode.ONLINE else 50,
        "online_capacity": 0 if mode is Mode.ONSITE else 50,
        "waitlist": True,
        "opens_days": 60,
        "closes_hours": 1,
        "revision": 1,
        "created_at": now,
        "changed_at": now,
        "published_at": now,
        "run_from": run[0] if run else None,
        "run_to": run[1] if run else None,
    }
    tz = values.get("tz") or venue.tz
    with transaction():
        db.session.add(venue)
        event = Event(**{**defaults, **values})
        event.venue_id = venue.id
        if mode is not Mode.ONLINE and "room_id" not in values:
            event.room_id = db.session.scalar(select(Room.id).where(Room.venue_id == venue.id).order_by(Room.id))
        event.campaign_id = campaign.id if campaign else None
        occurrences = []
        for position, text in enumerate(dates if dates is not None else [starts]):
            start = datetime.fromisoformat(text) if isinstance(text, str) else text
            occurrences += make_occurrences(
                start, start + timedelta(minutes=minutes), tz, rrule=rrule, position=position
            )
        event.occurrences = occurrences
        set_span(event, occurrences)
        db.session.add(event)
        db.session.flush()
        for row in occurrences[1:] if rrule else []:
            row.series_of = occurrences[0].id
        links: list[Any] = [
            *(EventTheme(event_id=event.id, theme_id=t.id, position=n) for n, t in enumerate(themes)),
            *(EventSegment(event_id=event.id, segment_id=s.id, position=n) for n, s in enumerate(segments or [])),
            *(EventPartner(event_id=event.id, partner_id=p.id, position=n) for n, p in enumerate(partners or [])),
            *(
                EventPerson(event_id=event.id, contact_id=c.id, role=role, position=n)
                for n, (c, role) in enumerate(people or [])
            ),
            *(
                EventLanguage(event_id=event.id, language=code, position=n)
                for n, code in enumerate(languages if languages is not None else ["sv"])
            ),
        ]
        db.session.add_all(links)
        records.refresh([event.id])
    return event


def make_part(event: Event, whole: Event) -> Event:
    """Make an event a part of another."""
    with transaction():
        db.session.add(EventPart(event_id=event.id, whole_id=whole.id))
        records.refresh([event.id])
    return event


def first_occurrence(event: Event) -> int:
    """The id of an event's first occurrence."""
    return event.occurrences[0].id


def at(wall: str, tz: str = "Europe/Stockholm") -> datetime:
    """The instant of a wall time."""
    return when.instant(datetime.fromisoformat(wall), tz)
