"""What the event page shows, worked out from an EventView alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from flask_babel import gettext as _

from cag_events.domain.clocks import other_zones
from cag_events.domain.errors import N_
from cag_events.domain.event import Aspect, EventView, Mode, OccurrenceRecord
from cag_events.domain.texts import Picked
from cag_events.events.cards import Reader, ThemeName, city_of, kind_label, theme_name, title_of, unbroken_days
from cag_events.events.wording import ROLE_WORDS
from cag_events.web import dates

ACCESS = {
    "step_free": N_("Step-free entrance"),
    "lift": N_("Lift"),
    "accessible_wc": N_("Accessible toilet"),
    "hearing_loop": N_("Hearing loop"),
    "quiet_room": N_("Quiet room"),
}
ACCESS_ONLINE = {
    "captions": N_("Captions"),
    "keyboard": N_("Works with the keyboard alone"),
    "phone_in": N_("You can take part by phone"),
}
HOW = {
    "simultaneous": N_("interpreted to %(language)s"),
    "whisper": N_("whispered interpreting to %(language)s"),
    "sign": N_("interpreted to %(language)s"),
    "captions": N_("captions in %(language)s"),
}
PHOTO = {
    "ok": N_("Photographs may be taken and published. Say so at the door if you do not want to be in them."),
    "ask": N_("We ask before we take or publish a photograph of you."),
    "none": N_("We take no photographs."),
    "forbidden": N_("Photographs and recordings are forbidden, for everybody's safety."),
}
RECORDING = {
    "full": N_("The event is recorded and published."),
    "edited": N_("The event is recorded; an edited version is published."),
    "never": N_("The event is not recorded."),
}
FOOD = {
    "snack": N_("Coffee, tea and a snack are served."),
    "breakfast": N_("Breakfast is served."),
    "lunch": N_("Lunch is served."),
    "dinner": N_("Dinner is served."),
}


class AccessFact(NamedTuple):
    """A fact about access: `answer` is None where nobody has said."""

    label: str
    answer: bool | None


class AgendaRow(NamedTuple):
    """A part of the programme on the clock."""

    starts: datetime
    ends: datetime
    title: Picked
    who: str


class Person(NamedTuple):
    """Somebody in front, in words."""

    name: str
    name_local: str
    role: str
    title: Picked


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """Everything the page prints beside the view's own plain fields."""

    view: EventView
    title: Picked
    kind: str
    themes: tuple[ThemeName, ...]
    subtopics: tuple[ThemeName, ...]
    summary: Picked
    body: Picked
    others: tuple[str, ...]
    shows_zone: bool
    coming: tuple[OccurrenceRecord, ...]
    over: tuple[OccurrenceRecord, ...]
    unbroken: tuple[date, date] | None  # first and last of days that follow each other
    place: str
    city: str
    map_url: str
    access: tuple[AccessFact, ...]
    access_checked_on: date | None
    agenda: tuple[AgendaRow, ...]
    people: tuple[Person, ...]
    languages: str
    ages: str
    practical: tuple[str, ...]
    offers: tuple[str, ...]
    is_over: bool


def page_of(view: EventView, reader: Reader, now: datetime) -> EventPage:
    """Return what the page of an event shows to whoever may see this view."""
    others = other_zones(view, reader.home)
    return EventPage(
        view=view,
        title=title_of(view, reader),
        kind=kind_label(view.kind, reader),
        themes=tuple(theme_name(theme, reader) for theme in view.themes),
        subtopics=tuple(theme_name(theme, reader) for theme in view.subtopics),
        summary=reader.text(view.summary),
        body=reader.text(view.body),
        others=others,
        shows_zone=bool(others) or view.mode is not Mode.ONSITE,
        coming=tuple(one for one in view.living if one.ends_at > now),
        over=tuple(one for one in view.living if one.ends_at <= now),
        unbroken=unbroken_days(view),
        place=reader.text(view.venue.name).text if view.venue else "",
        city=city_of(view.venue, reader) if view.venue else "",
        map_url=_map_url(view),
        access=tuple(_access(view)),
        access_checked_on=_checked_on(view),
        agenda=tuple(_agenda(view, reader)),
        people=tuple(_people(view, reader)),
        languages=_languages(view, reader),
        ages=_ages(view),
        practical=tuple(_practical(view)),
        offers=tuple(_offers(view, reader)),
        is_over=view.ends_at is not None and view.ends_at <= now,
    )


def _map_url(view: EventView) -> str:
    """A link to a map on another site; the page itself loads none. The address is searched for where we know one."""
    venue = view.venue
    if venue is None or venue.virtual or Aspect.MAP in view.hidden or Aspect.LOCATION in view.hidden:
        return ""
    if venue.lat is not None and venue.lon is not None and (venue.accuracy_m or 0) <= 1000:
        at = f"{venue.lat:.5f}", f"{venue.lon:.5f}"
        query = urlencode({"mlat": at[0], "mlon": at[1]})
        return f"https://www.openstreetmap.org/?{query}#map=17/{at[0]}/{at[1]}"
    if venue.street:
        query = urlencode({"query": ", ".join(part for part in (venue.street, venue.city) if part)})
        return f"https://www.openstreetmap.org/search?{query}"
    return ""


def _access(view: EventView) -> Iterable[AccessFact]:
    """Each fact that visitors ask for, the unknown ones too."""
    if view.venue is None or Aspect.LOCATION in view.hidden:
        return
    known = view.venue.access
    if view.venue.virtual or view.mode is Mode.ONLINE:
        names: Mapping[str, str] = ACCESS_ONLINE
    else:
        names = ACCESS
    for name, label in names.items():
        answer = known.get(name)
        yield AccessFact(_(label), answer if isinstance(answer, bool) else None)


def _checked_on(view: EventView) -> date | None:
    checked = view.venue.access.get("checked") if view.venue else None
    try:
        return date.fromisoformat(checked) if isinstance(checked, str) else None
    except ValueError:
        return None


def _agenda(view: EventView, reader: Reader) -> Iterable[AgendaRow]:
    """The agenda on the clock of the first occurrence."""
    if not view.occurrences:
        return
    at = view.occurrences[0].starts_wall
    names = {person.key: person.name for person in view.people}
    for item in view.agenda:
        ends = at + timedelta(minutes=item.minutes)
        who = ", ".join(names[key] for key in item.who if key in names)
        title = (
            reader.text(item.title) or Picked(_("Closed part"), reader.lang) if item.closed else reader.text(item.title)
        )
        yield AgendaRow(at, ends, title, who)
        at = ends


def _people(view: EventView, reader: Reader) -> Iterable[Person]:
    for person in view.people:
        role = _(ROLE_WORDS[person.role]) if person.role in ROLE_WORDS else person.role.replace("_", " ").capitalize()
        yield Person(person.name, person.name_local, role, reader.text(person.title))


def _languages(view: EventView, reader: Reader) -> str:
    """The spoken languages as a sentence's beginning."""
    text = dates.listing([dates.language_name(code, reader.lang) for code in view.languages], reader.lang)
    return text[:1].upper() + text[1:]


def _offers(view: EventView, reader: Reader) -> Iterable[str]:
    """What is interpreted or captioned."""
    for offer in view.interpreting:
        yield _(HOW.get(offer.how, HOW["simultaneous"]), language=dates.language_name(offer.to, reader.lang))


def _ages(view: EventView) -> str:
    low, high = view.min_age, view.max_age
    if low is not None and high is not None:
        return str(_("For ages %(low)s to %(high)s", low=low, high=high))
    if low is not None:
        return str(_("From age %(low)s", low=low))
    return str(_("Up to age %(high)s", high=high)) if high is not None else ""


def _practical(view: EventView) -> Iterable[str]:
    """Food, photographs, recording, in sentences."""
    for known, value in ((FOOD, view.food), (PHOTO, view.photo_policy), (RECORDING, view.recording)):
        if value in known:
            yield _(known[value])
