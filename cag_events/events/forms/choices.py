"""What the editor's lists offer: words of the field, marked for translation where they are ours."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import JSON, column, select, table

from cag_events import clock
from cag_events.accounts.models import Account, Organisation
from cag_events.audiences.models import Contact, Partner, Segment
from cag_events.db import db
from cag_events.domain.errors import N_
from cag_events.domain.event import Aspect, Circle, Mode, RegistrationMode, Safety, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.domain.seating import Filling, Lapse
from cag_events.domain.texts import Texts
from cag_events.domain.when import HOME
from cag_events.events.models import Campaign, Event, EventPart, KindWords, Room, Theme, Venue
from cag_events.events.wording import ROLE_WORDS
from cag_events.permissions import GRANTS, Permission, Role

WHOLE_AGE = timedelta(days=90)
MOST_WHOLES = 300
_INDICATORS = table("indicator", column("key"), column("name", JSON), column("position"), column("id"))
_LISTED = select(_INDICATORS.c.key, _INDICATORS.c.name).order_by(
    _INDICATORS.c.position, _INDICATORS.c.id
)  # what campaigns count; their room stands above ours

MODES = ((Mode.ONSITE, N_("On site")), (Mode.ONLINE, N_("Online")), (Mode.HYBRID, N_("Both")))
FORMATS = (
    ("single", N_("Single session")),
    ("circle", N_("Study circle")),
    ("round_table", N_("Closed round table")),
    ("panel", N_("Panel")),
    ("open_house", N_("Open house")),
)
ROLES = tuple(ROLE_WORDS.items())
HOWS = (
    ("simultaneous", N_("Interpreted simultaneously")),
    ("consecutive", N_("Interpreted consecutively")),
    ("whisper", N_("Whispered")),
    ("sign", N_("Sign language")),
    ("captions", N_("Captions")),
)
RECORDINGS = (
    ("never", N_("Not recorded")),
    ("edited", N_("Recorded, published after editing")),
    ("full", N_("Recorded and published in full")),
)
REGISTRATION_MODES = (
    (RegistrationMode.OPEN, N_("Open: whoever registers gets a seat while there are any")),
    (RegistrationMode.APPROVAL, N_("By approval: you say yes or no to each")),
    (RegistrationMode.INVITE, N_("By invitation only")),
    (RegistrationMode.MEMBERS, N_("Members only")),
    (RegistrationMode.NONE, N_("No registration: people just come")),
)
FILLINGS = (
    (Filling.FILL, N_("The next in line gets it at once")),
    (Filling.OFFER, N_("It is offered to the next in line, who has some hours to take it")),
)
LAPSES = ((Lapse.END, N_("goes to the end of the queue, once")), (Lapse.OUT, N_("leaves the queue")))
ASKS = (
    ("segment", N_("Which audience they belong to")),
    ("first_time", N_("Whether it is their first time with us")),
    ("needs", N_("What they need to take part")),
    ("diet", N_("What they do not eat")),
    ("motivation", N_("Why they want to come, where you choose among them")),
    ("language", N_("Which language they prefer")),
    ("org", N_("Which organisation they come from")),
    ("how_heard", N_("How they heard of it")),
    ("photo", N_("Whether they may be in photos")),
    ("role_wish", N_("Which role they would like")),
    ("id_name", N_("The name on their identity card, for the visitor list")),
    ("alias", N_("Allow an alias: no e-mail needed")),
)
FOODS = (
    ("snack", N_("Something small")),
    ("breakfast", N_("Breakfast")),
    ("lunch", N_("Lunch")),
    ("dinner", N_("Dinner")),
)
PHOTO_POLICIES = (
    ("ok", N_("Photos are taken; say so at the door")),
    ("ask", N_("Only of those who agree")),
    ("none", N_("No photos are taken")),
    ("forbidden", N_("Photography is forbidden")),
)
SAFETIES = (
    (
        Safety.OPEN,
        N_("Open"),
        N_("Everybody sees place, people and programme. The link to the online room goes to those with a seat."),
    ),
    (
        Safety.CAREFUL,
        N_("Careful"),
        N_("Everybody sees the town; the address comes 24 hours before, to those with a seat. People as each agreed."),
    ),
    (
        Safety.GUARDED,
        N_("Guarded"),
        N_("From outside only the date and the form. All else is for those with a seat; aliases, no photos."),
    ),
)
VISIBILITIES = (
    (Visibility.PUBLIC, N_("Public"), N_("In the programme, in searches and in calendars.")),
    (Visibility.UNLISTED, N_("Unlisted"), N_("Whoever has the address finds it; it stands in no list.")),
    (Visibility.MEMBERS, N_("Members"), N_("Only members who are signed in know of it.")),
    (Visibility.PRIVATE, N_("Private"), N_("Only the team and those you invite know of it.")),
)
CIRCLES = (
    (Circle.PUBLIC, N_("Everybody")),
    (Circle.MEMBERS, N_("Members")),
    (Circle.REGISTERED, N_("Those with a seat")),
    (Circle.RELEASED, N_("Those with a seat, from 24 hours before")),
    (Circle.TEAM, N_("The team only")),
)
ASPECTS = (
    (Aspect.LOCATION, N_("Address and room")),
    (Aspect.MAP, N_("Point on the map")),
    (Aspect.ONLINE, N_("Way into the online room")),
    (Aspect.PEOPLE, N_("Who takes part")),
    (Aspect.PARTNERS, N_("Partners")),
    (Aspect.PROGRAMME, N_("The programme in detail")),
    (Aspect.COUNTS, N_("How many have registered")),
    (Aspect.CONTACT, N_("Contact person")),
)


@dataclass(frozen=True, kw_only=True)
class VenueChoice:
    """A venue with its rooms, as (key, name, capacity)."""

    key: str
    name: Texts
    city: str
    tz: str
    virtual: bool
    rooms: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, kw_only=True)
class ThemeChoice:
    """A theme or subtopic in the order of the tree."""

    key: str
    name: Texts
    token: str
    parent: str | None


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What there is to choose from; read once per page."""

    venues: tuple[VenueChoice, ...] = ()
    themes: tuple[ThemeChoice, ...] = ()
    segments: tuple[tuple[str, Texts], ...] = ()
    indicators: tuple[tuple[str, Texts], ...] = ()
    partners: tuple[tuple[str, str], ...] = ()
    campaigns: tuple[tuple[str, Texts], ...] = ()
    wholes: tuple[tuple[str, Texts], ...] = ()  # events that others can be a part of
    contacts: tuple[tuple[str, str], ...] = ()
    accounts: tuple[tuple[int, str], ...] = ()
    kind_names: dict[str, Texts] = field(default_factory=dict)
    kind_minutes: dict[str, int] = field(default_factory=dict)
    kind_order: tuple[str, ...] = ()
    extra_languages: tuple[str, ...] = ()
    tz: str = HOME


def read_choices() -> Choices:
    """Return everything that the editor lets one choose from."""
    session = db.session
    rooms: dict[int, list[tuple[str, str, int]]] = {}
    for venue_id, key, name, capacity in session.execute(
        select(Room.venue_id, Room.key, Room.name, Room.capacity).order_by(Room.venue_id, Room.position, Room.id)
    ):
        rooms.setdefault(venue_id, []).append((key, name, capacity))
    words = list(session.scalars(select(KindWords).order_by(KindWords.position, KindWords.id)))
    organisation = session.scalar(select(Organisation).order_by(Organisation.id).limit(1))
    editing = [role for role in Role if Permission.EVENT_EDIT in GRANTS[role]]
    return Choices(
        venues=tuple(
            VenueChoice(
                key=row.key,
                name=dict(row.name),
                city=row.city,
                tz=row.tz,
                virtual=row.virtual,
                rooms=tuple(rooms.get(row.id, ())),
            )
            for row in session.scalars(select(Venue).order_by(Venue.virtual, Venue.city, Venue.position, Venue.id))
        ),
        themes=_themes(list(session.scalars(select(Theme).order_by(Theme.position, Theme.id)))),
        segments=_named(Segment),
        indicators=tuple((key, dict(name)) for key, name in session.execute(_LISTED)),
        partners=_pairs(select(Partner.key, Partner.name).order_by(Partner.name)),
        campaigns=_named(Campaign),
        wholes=_wholes(),
        contacts=_pairs(select(Contact.key, Contact.name).order_by(Contact.name)),
        accounts=tuple(
            (row.id, row.name)
            for row in session.execute(
                select(Account.id, Account.name)
                .where(Account.role.in_(editing), ~Account.is_disabled)
                .order_by(Account.name)
            )
        ),
        kind_names={row.key: dict(row.name) for row in words if row.name},
        kind_minutes={row.key: row.default_minutes for row in words if row.default_minutes},
        kind_order=tuple(row.key for row in words),
        extra_languages=tuple(organisation.extra_locales) if organisation else (),
        tz=organisation.tz if organisation else HOME,
    )


def _wholes() -> tuple[tuple[str, Texts], ...]:
    """Events that are no part themselves: those to come and those of the last months, by time."""
    parts = select(EventPart.event_id)
    query = (
        select(Event.key, Event.title)
        .where(Event.id.not_in(parts), Event.status != Status.CANCELLED)
        .where(Event.ends_at.is_(None) | (Event.ends_at > clock.now() - WHOLE_AGE))
        .order_by(Event.starts_at, Event.id)
        .limit(MOST_WHOLES)
    )
    return tuple((row.key, dict(row.title)) for row in db.session.execute(query))


def _named(model: Any) -> tuple[tuple[str, Texts], ...]:
    rows = db.session.execute(select(model.key, model.name).order_by(model.position, model.id))
    return tuple((row.key, dict(row.name)) for row in rows)


def _pairs(query: Any) -> tuple[tuple[str, str], ...]:
    return tuple((key, name) for key, name in db.session.execute(query))


def _themes(rows: Sequence[Theme]) -> tuple[ThemeChoice, ...]:
    """Each theme followed by its subtopics."""
    keys = {row.id: row.key for row in rows}
    tree: list[ThemeChoice] = []
    for row in rows:
        if row.parent_id is None:
            for one in (row, *(child for child in rows if child.parent_id == row.id)):
                parent = keys.get(one.parent_id) if one.parent_id else None
                tree.append(ThemeChoice(key=one.key, name=dict(one.name), token=row.token, parent=parent))
    return tuple(tree)
