"""The programme as a list: what was asked for, the page of it, the filters beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import groupby
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement
from werkzeug.datastructures import MultiDict

from cag_events import clock
from cag_events.domain.disclosure import STRANGER, disclose
from cag_events.domain.event import EventRecord, EventView
from cag_events.domain.seats import SeatState
from cag_events.domain.texts import pick
from cag_events.events import reading
from cag_events.events.cards import Card, ThemeName, card_of
from cag_events.feeds.filters import FILTERS, Choice, Filters, read_filters
from cag_events.permissions import ANONYMOUS
from cag_events.registrations.queries import SeatWords, seat_states, seat_words
from cag_events.site import queries
from cag_events.site.seats import with_seats
from cag_events.web.dates import month_text
from cag_events.web.errors import say
from cag_events.web.language import current_language

Condition = ColumnElement[bool]
BARS = ("theme", "mode")  # shown as chips; the others fold away
FOLDED = ("kind", "segment", "campaign", "country", "language")


@dataclass(frozen=True, slots=True)
class Option:
    """A filter's value as a link: pressed again it goes away."""

    label: str
    url: str
    count: int
    is_chosen: bool
    theme: ThemeName | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A filter with its values."""

    name: str
    label: str
    options: tuple[Option, ...]
    chosen: int


@dataclass(frozen=True, slots=True)
class Group:
    """Cards under one heading."""

    heading: str
    slug: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """A filter in force, with the address without it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: its filters, their query without page and days or with them."""

    filters: Filters
    query: tuple[tuple[str, str], ...]

    @property
    def by_name(self) -> dict[str, Condition]:
        """Return the condition of each filter in force."""
        return dict(zip(self.filters.values, self.filters.conditions, strict=True))

    @property
    def has_days(self) -> bool:
        """Whether days were asked for, so that the past may be meant."""
        return "from" in self.filters.values or "to" in self.filters.values

    @property
    def fault_texts(self) -> list[str]:
        """Return what was not understood, in words."""
        return [say(fault) for fault in self.filters.faults]

    def url(self, path: str, *, page: int = 1) -> str:
        """Return a path with these filters."""
        pairs = [*self.query, ("page", str(page))] if page > 1 else list(self.query)
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def toggled(self, path: str, name: str, value: str) -> str:
        """Return a path with these filters and one more, or one less if it is in force."""
        pair = (name, value)
        pairs = [p for p in self.query if p != pair] if pair in self.query else [*self.query, pair]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    @property
    def without_days(self) -> list[tuple[str, str]]:
        """The filters that a feed takes over: all but the days, since a feed goes on."""
        return [pair for pair in self.query if pair[0] not in ("from", "to")]

    def feed_url(self, path: str) -> str:
        """Return an address of feeds with the same filters."""
        return f"{path}?{urlencode(self.without_days)}" if self.without_days else path

    def with_days(self, path: str, **days: date) -> str:
        """Return a path with these filters and other days: `to`, or `since` for from."""
        pairs = [("from" if name == "since" else name, day.isoformat()) for name, day in days.items()]
        return f"{path}?{urlencode([*self.without_days, *pairs])}"


def read(args: MultiDict[str, str]) -> Asked:
    """Read the filters of an address; kept by the programme's version, since reading them looks things up."""
    lang = current_language()
    words = tuple(sorted((name, value) for name, value in args.items(multi=True) if name not in ("page", "lang")))
    if sum(len(name) + len(value) for name, value in words) > 500:
        return _read(args, lang)
    return reading.kept(("filters", lang, words), lambda: _read(args, lang))


def _read(args: MultiDict[str, str], lang: str) -> Asked:
    filters = read_filters(args, lang, ANONYMOUS)
    return Asked(filters, tuple((item.name, item.value) for item in filters.active))


@dataclass(frozen=True)
class Page:
    """A page of the programme. `shown` and `states`: its events and how full they are; `groups` is made of them."""

    shown: Sequence[tuple[EventView, Card]]
    states: Mapping[int, SeatState]
    number: int
    pages: int
    total: int
    bars: tuple[Bar, ...]
    folded: tuple[Bar, ...]
    gone: tuple[Gone, ...]
    is_past: bool

    has_days: bool

    @property
    def seats(self) -> tuple[SeatWords | None, ...]:
        """What may be told of the seats, the only thing on the page that changes without the programme."""
        return tuple(seat_words(view, self.states[view.id]) for view, _card in self.shown)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The cards under their headings."""
        now = clock.now()
        cards = [with_seats(view, card.at(now), self.states) for view, card in self.shown]
        return tuple(grouped(cards, with_ongoing=not self.has_days))


def find_page(asked: Asked, number: int, path: str) -> Page:
    """Return a page of the programme."""
    reader = reading.reader()
    key = (reader.lang, reader.today, asked.query)
    always = () if asked.has_days else (queries.since(reader.today, reader.home),)
    total, counts = reading.kept(
        ("counts", reader.today, asked.query), lambda: queries.count_by_filter(asked.by_name, always)
    )
    pages = max(1, -(-total // queries.PER_PAGE))
    number = min(number, pages)
    last_day = asked.filters.last_day
    latest_first = asked.filters.first_day is None and last_day is not None and last_day < reader.today
    found = reading.kept(
        ("page", *key, number),
        lambda: shown_of(
            queries.list_page([*always, *asked.filters.conditions], number=number, latest_first=latest_first)
        ),
    )
    bars = reading.kept(("bars", *key, path), lambda: make_bars(asked, counts, path))
    return Page(
        shown=found,
        states=seat_states(view for view, _card in found),
        number=number,
        pages=pages,
        total=total,
        bars=tuple(bar for bar in bars if bar.name in BARS),
        folded=tuple(bar for bar in bars if bar.name in FOLDED),
        gone=tuple(Gone(item.label, asked.toggled(path, item.name, item.value)) for item in asked.filters.active),
        is_past=latest_first,
        has_days=asked.has_days,
    )


def _shown(record: EventRecord) -> tuple[EventView, Card]:
    """What a stranger sees of an event in a list; without the long parts, which lists do not show."""
    view = disclose(record, STRANGER, clock.now())
    card = card_of(view, url_for("site.event", key=view.key), reading.reader())
    return replace(view, body={}, people=(), agenda=(), details={}), card


def shown_of(records: Iterable[EventRecord]) -> list[tuple[EventView, Card]]:
    """Return what a stranger sees of these events in a list, without their seats: it may be kept."""
    return [_shown(record) for record in records]


def cards_of(shown: Sequence[tuple[EventView, Card]]) -> list[Card]:
    """Return the cards with the seats there are now."""
    states = seat_states(view for view, _card in shown)
    now = clock.now()
    return [with_seats(view, card.at(now), states) for view, card in shown]


def grouped(cards: Sequence[Card], *, with_ongoing: bool) -> Iterable[Group]:
    """Yield the cards under their headings: what goes on now, then month by month."""
    ongoing = [card for card in cards if with_ongoing and card.goes_on]
    if ongoing:
        yield Group(_("Going on now"), "ongoing", tuple(ongoing))
    rest = [card for card in cards if not (with_ongoing and card.goes_on)]
    for (year, month), group in groupby(rest, key=lambda card: (card.first_day.year, card.first_day.month)):
        yield Group(month_text(year, month), f"m{year}-{month:02d}", tuple(group))


def make_bars(asked: Asked, counts: Mapping[str, Mapping[str, int]], path: str) -> list[Bar]:
    """Return each filter with its values that would find something, and those in force."""
    lang = current_language()
    themes = {theme.key: theme for theme in themes_of(lang)}
    bars = []
    for name in (*BARS, *FOLDED):
        known = FILTERS[name]
        chosen = set(asked.filters.values.get(name, ()))
        choices: Sequence[Choice] = known.choices(lang, ANONYMOUS) if known.choices else ()
        options = [
            Option(
                label=choice.label[:1].upper() + choice.label[1:],
                url=asked.toggled(path, name, choice.value),
                count=counts.get(name, {}).get(choice.value, 0),
                is_chosen=choice.value in chosen,
                theme=themes.get(choice.value) if name == "theme" else None,
            )
            for choice in choices
            if choice.value in chosen or (counts.get(name, {}).get(choice.value, 0) and choice.parent is None)
        ]
        bars.append(Bar(name, _(known.label), tuple(options), len(chosen)))
    return [bar for bar in bars if len(bar.options) > 1 or bar.chosen]


def themes_of(lang: str) -> list[ThemeName]:
    """Return the themes, subtopics among them, in the reader's language."""
    return reading.kept(
        ("themes", lang),
        lambda: [
            ThemeName(theme.key, theme.token, theme.icon, pick(theme.name, lang).text)
            for theme in queries.list_themes()
        ],
    )
