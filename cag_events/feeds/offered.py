"""What filters offer, how their values are read and what each finds."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true

from cag_events.accounts.models import Organisation
from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.event import EventView, Safety
from cag_events.domain.texts import pick
from cag_events.events import search
from cag_events.events.models import Campaign, Event, EventLanguage, EventSegment, EventTheme, KindWords, Theme, Venue
from cag_events.events.queries import visible_to
from cag_events.events.wording import MODE_WORDS
from cag_events.feeds.models import Entry
from cag_events.kinds import KINDS
from cag_events.permissions import Actor, Permission, may
from cag_events.web import dates

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Choice:
    """One value that a filter offers; `parent` is the value it belongs under."""

    value: str
    label: str
    parent: str | None = None


def among(choices: Callable[[str, Actor], Sequence[Choice]]) -> Callable[[str, Actor], str | None]:
    """Read a value exactly as one of the choices."""

    def read(raw: str, actor: Actor) -> str | None:
        return raw if any(choice.value == raw for choice in choices("en", actor)) else None

    return read


def themes(lang: str, _actor: Actor) -> list[Choice]:
    """Return all themes, each with its subtopics after it."""
    rows = db.session.execute(
        select(Theme.id, Theme.key, Theme.parent_id, Theme.name).order_by(Theme.position, Theme.id)
    ).all()
    keys = {row.id: row.key for row in rows}
    order = {row.id: number for number, row in enumerate(rows)}
    tree = sorted(rows, key=lambda row: (order[row.parent_id or row.id], row.parent_id is not None, order[row.id]))
    return [Choice(row.key, pick(row.name, lang).text, keys[row.parent_id] if row.parent_id else None) for row in tree]


def has_theme(key: str, _actor: Actor) -> Condition:
    """Return the condition for a theme with its subtopics, or for one subtopic."""
    parent = select(Theme.id).where(Theme.key == key)
    chosen = select(Theme.id).where(or_(Theme.key == key, Theme.parent_id.in_(parent)))
    return Event.id.in_(select(EventTheme.event_id).where(EventTheme.theme_id.in_(chosen)))


def theme_keys(view: EventView) -> list[str]:
    """Return the keys by which a view's themes are found."""
    parents = [theme.parent for theme in view.subtopics if theme.parent]
    return [*(theme.key for theme in (*view.themes, *view.subtopics)), *parents]


def segments(lang: str, _actor: Actor) -> list[Choice]:
    """Return all segments."""
    rows = db.session.execute(select(Segment.key, Segment.name).order_by(Segment.position, Segment.id))
    return [Choice(row.key, pick(row.name, lang).text) for row in rows]


def for_segment(key: str, _actor: Actor) -> Condition:
    """Return the condition for a segment."""
    chosen = select(Segment.id).where(Segment.key == key)
    return Event.id.in_(select(EventSegment.event_id).where(EventSegment.segment_id.in_(chosen)))


def kinds(lang: str, _actor: Actor) -> list[Choice]:
    """Return all kinds, by the organisation's own words."""
    from flask_babel import gettext  # noqa: PLC0415 (Babel is loaded when a word is needed)

    words = {row.key: row.name for row in db.session.execute(select(KindWords.key, KindWords.name))}
    labels = {slug: pick(words[slug], lang).text if slug in words else gettext(KINDS[slug].label) for slug in KINDS}
    return [Choice(slug, label) for slug, label in sorted(labels.items(), key=lambda item: item[1].casefold())]


def campaigns(lang: str, _actor: Actor) -> list[Choice]:
    """Return all campaigns."""
    rows = db.session.execute(select(Campaign.key, Campaign.name).order_by(Campaign.position, Campaign.id))
    return [Choice(row.key, pick(row.name, lang).text) for row in rows]


def in_campaign(key: str, _actor: Actor) -> Condition:
    """Return the condition for a campaign."""
    return Event.campaign_id.in_(select(Campaign.id).where(Campaign.key == key))


def countries(lang: str, actor: Actor) -> list[Choice]:
    """Return the countries of what an actor may find."""
    codes = set(
        db.session.scalars(
            select(Venue.country).join(Event, Event.venue_id == Venue.id).where(visible_to(actor)).distinct()
        )
    ) | _tombstone_tags("country")
    return _sorted(((code, dates.country_name(code, lang)) for code in codes if code), lang)


def in_country(code: str, _actor: Actor) -> Condition:
    """Return the condition for a country."""
    return Event.venue_id.in_(select(Venue.id).where(Venue.country == code))


def cities(lang: str, actor: Actor) -> list[Choice]:
    """Return the towns of what an actor may find."""
    names = {city: pick(texts, lang, ()).text if lang in texts else city for city, texts in _towns(actor)}
    names |= {city: city for city in _tombstone_tags("city") if city not in names}
    return _sorted(names.items(), lang)


def _towns(actor: Actor) -> list[tuple[str, Mapping[str, str]]]:
    rows = db.session.execute(
        select(Venue.city, Venue.city_names)
        .join(Event, Event.venue_id == Venue.id)
        .where(visible_to(actor), Venue.city != "", Venue.virtual.is_(False))
        .order_by(Venue.id)
    )
    towns: dict[str, dict[str, str]] = {}
    for city, texts in rows:
        towns.setdefault(city, {}).update(texts)
    return list(towns.items())


def read_city(raw: str, actor: Actor) -> str | None:
    """Read a town in any of its languages."""
    towns = _towns(actor)
    if any(city == raw for city, _ in towns) or raw in _tombstone_tags("city"):
        return raw
    return next((city for city, texts in towns if raw in texts.values()), None)


def in_city(city: str, _actor: Actor) -> Condition:
    """Return the condition for a town."""
    return Event.venue_id.in_(select(Venue.id).where(Venue.city == city, Venue.virtual.is_(False)))


def languages(lang: str, actor: Actor) -> list[Choice]:
    """Return the languages spoken at what an actor may find and that tells its own."""
    tells = true() if may(actor, Permission.EVENT_SEE) else Event.safety != Safety.GUARDED
    codes = set(
        db.session.scalars(
            select(EventLanguage.language)
            .join(Event, Event.id == EventLanguage.event_id)
            .where(visible_to(actor), tells)
            .distinct()
        )
    ) | _tombstone_tags("language")
    return _sorted(((code, dates.language_name(code, lang)) for code in codes), lang)


def speaks(code: str, _actor: Actor) -> Condition:
    """Return the condition for a spoken language."""
    return Event.id.in_(select(EventLanguage.event_id).where(EventLanguage.language == code))


def modes(_lang: str, _actor: Actor) -> list[Choice]:
    """Return the ways of taking part."""
    from flask_babel import gettext  # noqa: PLC0415 (Babel is loaded when a word is needed)

    return [Choice(mode.value, gettext(label)) for mode, label in MODE_WORDS.items()]


def read_day(raw: str, _actor: Actor) -> str | None:
    """Read a day, like 2027-03-08."""
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        return None
    return raw if len(raw) == 10 and FIRST_DAY <= day <= LAST_DAY else None


def day_zone() -> str:
    """Return the zone in which the days of `from` and `to` begin: the organisation's."""
    return db.session.scalar(select(Organisation.tz)) or when.HOME


def from_day(day: str, _actor: Actor) -> Condition:
    """Return the condition for what ends on a day or later."""
    return Event.ends_at > when.start_of_day(date.fromisoformat(day), day_zone())


def to_day(day: str, _actor: Actor) -> Condition:
    """Return the condition for what begins on a day or earlier."""
    return Event.starts_at < when.start_of_day(date.fromisoformat(day) + timedelta(days=1), day_zone())


def read_words(raw: str, _actor: Actor) -> str | None:
    """Read words to search for."""
    return " ".join(raw.split()) if search.words_of(raw) else None


def matching(words: str, actor: Actor) -> Condition:
    """Return the condition for words."""
    return search.matching(words, actor)


def _tombstone_tags(name: str) -> set[str]:
    """Values of events that were withdrawn: whoever subscribed to them must still be told."""
    rows = db.session.scalars(select(Entry.tags).where(Entry.expires_at.is_not(None), Entry.circle == "public"))
    return {value for tags in rows for value in tags.get(name, ())}


def _sorted(pairs: Iterable[tuple[str, str]], lang: str) -> list[Choice]:
    """Choices by their words, as the language sorts them."""
    return [Choice(*pair) for pair in sorted(pairs, key=lambda pair: dates.sort_key(pair[1], lang))]


def same(column: Any) -> Callable[[str, Actor], Condition]:
    """Return the condition that a column has the value."""

    def where(value: str, _actor: Actor) -> Condition:
        found: Condition = column == value
        return found

    return where
