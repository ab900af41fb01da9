"""Every filter of programme, calendar, feeds and API: one entry each, from which reading, searching and forms follow.

The same name repeated means or, different names mean and. Filters narrow what visible_to() gave and never widen it;
what a viewer may not see of an event is not filtered by either, lest a hit prove it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, or_, select
from werkzeug.datastructures import MultiDict

from cag_events.accounts.models import Organisation
from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventView, Mode, Safety
from cag_events.domain.texts import pick
from cag_events.events import search
from cag_events.events.models import Campaign, Event, EventLanguage, EventSegment, EventTheme, KindWords, Theme, Venue
from cag_events.events.queries import visible_to
from cag_events.feeds.models import Entry
from cag_events.kinds import KINDS
from cag_events.permissions import ANONYMOUS, Actor, Permission, may

NO_FILTERS: Final = frozenset({"lang", "page", "hours", "profile", "fbclid", "gclid", "_", "t"})
MOST_VALUES: Final = 40
LONGEST_VALUE: Final = 200
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Choice:
    """One value that a filter offers; `parent` is the value it belongs under."""

    value: str
    label: str
    parent: str | None = None


@dataclass(frozen=True)
class FeedFilter:
    """One filter.

    `read` gives the exact value for what was typed, None for an unknown one; `where` the condition on Event for one
    value; `choices` what a form offers in a language; `shown` the values of a view, by which withdrawn events are still
    found. `told_by_guarded`: whether a guarded event tells this to those outside.
    """

    name: str
    label: str
    read: Callable[[str, Actor], str | None]
    where: Callable[[str, Actor], Condition]
    choices: Callable[[str, Actor], Sequence[Choice]] | None = None
    shown: Callable[[EventView], Iterable[str]] | None = None
    told_by_guarded: bool = True

    def condition(self, values: Iterable[str], actor: Actor) -> Condition:
        """Return the condition on Event for these values, one of which must hold."""
        found = or_(*(self.where(value, actor) for value in values))
        if self.told_by_guarded or may(actor, Permission.EVENT_SEE):
            return found
        return found & (Event.safety != Safety.GUARDED)


@dataclass(frozen=True)
class Active:
    """A filter that is in force, with its value in words."""

    name: str
    value: str
    label: str


@dataclass(frozen=True)
class Filters:
    """What was asked for. `faults`: what was not understood, in the order of the address."""

    conditions: tuple[Condition, ...] = ()
    faults: tuple[Refused, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lang: str = "en"
    actor: Actor = ANONYMOUS

    @cached_property
    def active(self) -> tuple[Active, ...]:
        """What is in force, in words; asks the database for them once they are wanted."""
        return tuple(
            Active(name, value, label_of(name, value, self.lang, self.actor))
            for name, chosen in self.values.items()
            for value in chosen
        )

    @property
    def first_day(self) -> date | None:
        """The earliest day asked for."""
        return min(map(date.fromisoformat, self.values["from"])) if "from" in self.values else None

    @property
    def last_day(self) -> date | None:
        """The latest day asked for."""
        return max(map(date.fromisoformat, self.values["to"])) if "to" in self.values else None


def read_filters(args: MultiDict[str, str], lang: str, actor: Actor = ANONYMOUS) -> Filters:
    """Read the filters of an address. Faults are returned beside the rest, never raised."""
    values: dict[str, list[str]] = {}
    faults: list[Refused] = []
    for name, raw in list(args.items(multi=True))[: MOST_VALUES * 2]:
        known = FILTERS.get(name)
        if known is None:
            if name not in NO_FILTERS and not name.startswith("utm_"):
                faults.append(_unknown_name(name))
            continue
        if not raw.strip():
            continue  # a form sends its empty fields too
        value = known.read(raw.strip(), actor) if len(raw) <= LONGEST_VALUE else None
        if value is None:
            faults.append(_unknown_value(known, raw, actor, lang))
        elif value not in values.setdefault(name, []):
            values[name].append(value)
    if sum(map(len, values.values())) > MOST_VALUES:
        faults.append(Refused("filter.too_many", N_("At most %(most)s filters at a time."), most=MOST_VALUES))
        values = {}
    return combine(values, lang, actor, faults)


def combine(
    values: Mapping[str, Sequence[str]], lang: str, actor: Actor = ANONYMOUS, faults: Iterable[Refused] = ()
) -> Filters:
    """Return the filters for values that were read already, in one order for one feed."""
    ordered = {name: tuple(sorted(values[name])) for name in FILTERS if values.get(name)}
    return Filters(
        conditions=tuple(FILTERS[name].condition(chosen, actor) for name, chosen in ordered.items()),
        faults=tuple(faults),
        values=ordered,
        lang=lang,
        actor=actor,
    )


def query_string(active: Iterable[Active], *, without: Active | None = None, **more: str) -> str:
    """Return the query of an address with these filters, without its question mark; `without` leaves one out."""
    pairs = [(item.name, item.value) for item in active if item != without]
    return urlencode([*pairs, *more.items()])


def label_of(name: str, value: str, lang: str, actor: Actor = ANONYMOUS) -> str:
    """Return a filter's value in words."""
    choices = FILTERS[name].choices
    if choices is None:
        return value
    return next((choice.label for choice in choices(lang, actor) if choice.value == value), value)


def tags_of(view: EventView) -> dict[str, list[str]]:
    """Return the values of a view by filter: those by which it was found while it was shown."""
    return {name: sorted(set(known.shown(view))) for name, known in FILTERS.items() if known.shown is not None}


def tags_match(tags: Mapping[str, Sequence[str]], values: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether what was shown once satisfies the filters, days aside; a search finds no withdrawn event."""
    return all(set(tags.get(name, ())) & set(chosen) for name, chosen in values.items() if name not in ("from", "to"))


def _unknown_name(name: str) -> Refused:
    return Refused(
        "filter.name",
        N_("There is no filter called “%(name)s”. Filters: %(known)s."),
        name=name[:40],
        known=", ".join(FILTERS),
    )


def _unknown_value(known: FeedFilter, raw: str, actor: Actor, lang: str) -> Refused:
    if known.choices is not None:
        values = [choice.value for choice in known.choices(lang, actor)]
        return Refused(
            "filter.value",
            N_("“%(value)s” is not a value of %(name)s. Values: %(known)s."),
            field=known.name,
            value=raw[:40],
            name=known.name,
            known=", ".join(values[:200]),
        )
    return Refused(
        "filter.value",
        N_("“%(value)s” cannot be read as %(name)s."),
        field=known.name,
        value=raw[:40],
        name=known.name,
    )


def _among(choices: Callable[[str, Actor], Sequence[Choice]]) -> Callable[[str, Actor], str | None]:
    """Read a value exactly as one of the choices."""

    def read(raw: str, actor: Actor) -> str | None:
        return raw if any(choice.value == raw for choice in choices("en", actor)) else None

    return read


def _themes(lang: str, _actor: Actor) -> list[Choice]:
    rows = db.session.execute(
        select(Theme.id, Theme.key, Theme.parent_id, Theme.name).order_by(Theme.position, Theme.id)
    ).all()
    keys = {row.id: row.key for row in rows}
    order = {row.id: number for number, row in enumerate(rows)}
    tree = sorted(rows, key=lambda row: (order[row.parent_id or row.id], row.parent_id is not None, order[row.id]))
    return [Choice(row.key, pick(row.name, lang).text, keys[row.parent_id] if row.parent_id else None) for row in tree]


def _has_theme(key: str, _actor: Actor) -> Condition:
    parent = select(Theme.id).where(Theme.key == key)
    chosen = select(Theme.id).where(or_(Theme.key == key, Theme.parent_id.in_(parent)))
    return Event.id.in_(select(EventTheme.event_id).where(EventTheme.theme_id.in_(chosen)))


def _theme_keys(view: EventView) -> list[str]:
    parents = [theme.parent for theme in view.subtopics if theme.parent]
    return [*(theme.key for theme in (*view.themes, *view.subtopics)), *parents]


def _segments(lang: str, _actor: Actor) -> list[Choice]:
    rows = db.session.execute(select(Segment.key, Segment.name).order_by(Segment.position, Segment.id))
    return [Choice(row.key, pick(row.name, lang).text) for row in rows]


def _for_segment(key: str, _actor: Actor) -> Condition:
    chosen = select(Segment.id).where(Segment.key == key)
    return Event.id.in_(select(EventSegment.event_id).where(EventSegment.segment_id.in_(chosen)))


def _kinds(lang: str, _actor: Actor) -> list[Choice]:
    from flask_babel import gettext  # noqa: PLC0415 (Babel is loaded when a word is needed)

    words = {row.key: row.name for row in db.session.execute(select(KindWords.key, KindWords.name))}
    labels = {slug: pick(words[slug], lang).text if slug in words else gettext(KINDS[slug].label) for slug in KINDS}
    return [Choice(slug, label) for slug, label in sorted(labels.items(), key=lambda item: item[1].casefold())]


def _campaigns(lang: str, _actor: Actor) -> list[Choice]:
    rows = db.session.execute(select(Campaign.key, Campaign.name).order_by(Campaign.position, Campaign.id))
    return [Choice(row.key, pick(row.name, lang).text) for row in rows]


def _in_campaign(key: str, _actor: Actor) -> Condition:
    return Event.campaign_id.in_(select(Campaign.id).where(Campaign.key == key))


def _countries(lang: str, actor: Actor) -> list[Choice]:
    codes = set(
        db.session.scalars(
            select(Venue.country).join(Event, Event.venue_id == Venue.id).where(visible_to(actor)).distinct()
        )
    ) | _tombstone_tags("country")
    return _sorted((code, _territory(code, lang)) for code in codes if code)


def _in_country(code: str, _actor: Actor) -> Condition:
    return Event.venue_id.in_(select(Venue.id).where(Venue.country == code))


def _cities(lang: str, actor: Actor) -> list[Choice]:
    names = {city: pick(texts, lang, ()).text if lang in texts else city for city, texts in _towns(actor)}
    names |= {city: city for city in _tombstone_tags("city") if city not in names}
    return _sorted(names.items())


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


def _read_city(raw: str, actor: Actor) -> str | None:
    towns = _towns(actor)
    if any(city == raw for city, _ in towns) or raw in _tombstone_tags("city"):
        return raw
    return next((city for city, texts in towns if raw in texts.values()), None)


def _in_city(city: str, _actor: Actor) -> Condition:
    return Event.venue_id.in_(select(Venue.id).where(Venue.city == city, Venue.virtual.is_(False)))


def _languages(lang: str, actor: Actor) -> list[Choice]:
    codes = set(
        db.session.scalars(
            select(EventLanguage.language)
            .join(Event, Event.id == EventLanguage.event_id)
            .where(visible_to(actor))
            .distinct()
        )
    ) | _tombstone_tags("language")
    return _sorted((code, _language(code, lang)) for code in codes)


def _speaks(code: str, _actor: Actor) -> Condition:
    return Event.id.in_(select(EventLanguage.event_id).where(EventLanguage.language == code))


_MODES: Final = {Mode.ONSITE: N_("On site"), Mode.ONLINE: N_("Online"), Mode.HYBRID: N_("On site and online")}


def _modes(_lang: str, _actor: Actor) -> list[Choice]:
    from flask_babel import gettext  # noqa: PLC0415 (Babel is loaded when a word is needed)

    return [Choice(mode.value, gettext(label)) for mode, label in _MODES.items()]


def _read_day(raw: str, _actor: Actor) -> str | None:
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        return None
    return raw if len(raw) == 10 and _FIRST_DAY <= day <= _LAST_DAY else None


def day_zone() -> str:
    """Return the zone in which the days of `from` and `to` begin: the organisation's."""
    return db.session.scalar(select(Organisation.tz)) or "Europe/Stockholm"


def _from_day(day: str, _actor: Actor) -> Condition:
    return Event.ends_at > when.start_of_day(date.fromisoformat(day), day_zone())


def _to_day(day: str, _actor: Actor) -> Condition:
    return Event.starts_at < when.start_of_day(date.fromisoformat(day) + timedelta(days=1), day_zone())


def _read_words(raw: str, _actor: Actor) -> str | None:
    return " ".join(raw.split()) if search.words_of(raw) else None


def _matching(words: str, actor: Actor) -> Condition:
    return search.matching(words, actor)


def _tombstone_tags(name: str) -> set[str]:
    """Values of events that were withdrawn: whoever subscribed to them must still be told."""
    rows = db.session.scalars(select(Entry.tags).where(Entry.expires_at.is_not(None), Entry.circle == "public"))
    return {value for tags in rows for value in tags.get(name, ())}


def _sorted(pairs: Iterable[tuple[str, str]]) -> list[Choice]:
    """Choices by their words, å ä ö last as in Swedish."""
    order = str.maketrans({"å": "zz1", "ä": "zz2", "ö": "zz3"})
    return [Choice(*pair) for pair in sorted(pairs, key=lambda pair: pair[1].casefold().translate(order))]


def _territory(code: str, lang: str) -> str:
    from babel import Locale  # noqa: PLC0415 (loads the words of a language)

    return str(Locale.parse(lang).territories.get(code, code))


def _language(code: str, lang: str) -> str:
    from babel import Locale  # noqa: PLC0415 (loads the words of a language)

    return str(Locale.parse(lang).languages.get(code, code))


def _same(column: Any) -> Callable[[str, Actor], Condition]:
    def where(value: str, _actor: Actor) -> Condition:
        found: Condition = column == value
        return found

    return where


FILTERS: Final[Mapping[str, FeedFilter]] = {
    known.name: known
    for known in (
        FeedFilter(
            name="theme",
            label=N_("Theme"),
            read=_among(_themes),
            where=_has_theme,
            choices=_themes,
            shown=_theme_keys,
            told_by_guarded=False,
        ),
        FeedFilter(
            name="segment",
            label=N_("For whom"),
            read=_among(_segments),
            where=_for_segment,
            choices=_segments,
            shown=lambda view: [segment.key for segment in view.segments],
            told_by_guarded=False,
        ),
        FeedFilter(
            name="kind",
            label=N_("Kind"),
            read=lambda raw, _actor: raw if raw in KINDS else None,
            where=_same(Event.kind),
            choices=_kinds,
            shown=lambda view: [view.kind],
        ),
        FeedFilter(
            name="campaign",
            label=N_("Campaign"),
            read=_among(_campaigns),
            where=_in_campaign,
            choices=_campaigns,
            shown=lambda view: [view.campaign.key] if view.campaign else [],
            told_by_guarded=False,
        ),
        FeedFilter(
            name="country",
            label=N_("Country"),
            read=_among(_countries),
            where=_in_country,
            choices=_countries,
            shown=lambda view: [view.venue.country] if view.venue and view.venue.country else [],
        ),
        FeedFilter(
            name="city",
            label=N_("Town"),
            read=_read_city,
            where=_in_city,
            choices=_cities,
            shown=lambda view: [view.venue.city] if view.venue and view.venue.city and not view.venue.virtual else [],
        ),
        FeedFilter(
            name="language",
            label=N_("Language"),
            read=_among(_languages),
            where=_speaks,
            choices=_languages,
            shown=lambda view: view.languages,
            told_by_guarded=False,
        ),
        FeedFilter(
            name="mode",
            label=N_("On site or online"),
            read=lambda raw, _actor: raw if raw in tuple(Mode) else None,
            where=_same(Event.mode),
            choices=_modes,
            shown=lambda view: [view.mode.value],
        ),
        FeedFilter(name="from", label=N_("From"), read=_read_day, where=_from_day),
        FeedFilter(name="to", label=N_("To"), read=_read_day, where=_to_day),
        FeedFilter(name="q", label=N_("Search"), read=_read_words, where=_matching),
    )
}
