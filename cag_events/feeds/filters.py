"""Every filter of programme, calendar, feeds and API: one entry each, from which reading, searching and forms follow.

The same name repeated means or, different names mean and. Filters narrow what visible_to() gave and never widen it;
what a viewer may not see of an event is not filtered by either, lest a hit prove it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from sqlalchemy import or_
from werkzeug.datastructures import MultiDict

from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventView, Mode, Safety
from cag_events.events.models import Event
from cag_events.feeds import offered
from cag_events.feeds.offered import Choice, Condition
from cag_events.kinds import KINDS
from cag_events.permissions import ANONYMOUS, Actor, Permission, may

__all__ = [
    "FILTERS",
    "Active",
    "Choice",
    "Condition",
    "FeedFilter",
    "Filters",
    "combine",
    "label_of",
    "query_string",
    "read_filters",
    "tags_match",
    "tags_of",
]

NO_FILTERS: Final = frozenset({"lang", "page", "hours", "profile", "cancelled", "fbclid", "gclid", "_", "t"})
MOST_VALUES: Final = 40
LONGEST_VALUE: Final = 200


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


FILTERS: Final[Mapping[str, FeedFilter]] = {
    known.name: known
    for known in (
        FeedFilter(
            name="theme",
            label=N_("Theme"),
            read=offered.among(offered.themes),
            where=offered.has_theme,
            choices=offered.themes,
            shown=offered.theme_keys,
            told_by_guarded=False,
        ),
        FeedFilter(
            name="segment",
            label=N_("For whom"),
            read=offered.among(offered.segments),
            where=offered.for_segment,
            choices=offered.segments,
            shown=lambda view: [segment.key for segment in view.segments],
            told_by_guarded=False,
        ),
        FeedFilter(
            name="kind",
            label=N_("Kind"),
            read=lambda raw, _actor: raw if raw in KINDS else None,
            where=offered.same(Event.kind),
            choices=offered.kinds,
            shown=lambda view: [view.kind],
        ),
        FeedFilter(
            name="campaign",
            label=N_("Campaign"),
            read=offered.among(offered.campaigns),
            where=offered.in_campaign,
            choices=offered.campaigns,
            shown=lambda view: [view.campaign.key] if view.campaign else [],
            told_by_guarded=False,
        ),
        FeedFilter(
            name="country",
            label=N_("Country"),
            read=offered.among(offered.countries),
            where=offered.in_country,
            choices=offered.countries,
            shown=lambda view: [view.venue.country] if view.venue and view.venue.country else [],
        ),
        FeedFilter(
            name="city",
            label=N_("Town"),
            read=offered.read_city,
            where=offered.in_city,
            choices=offered.cities,
            shown=lambda view: [view.venue.city] if view.venue and view.venue.city and not view.venue.virtual else [],
        ),
        FeedFilter(
            name="language",
            label=N_("Language"),
            read=offered.among(offered.languages),
            where=offered.speaks,
            choices=offered.languages,
            shown=lambda view: view.languages,
            told_by_guarded=False,
        ),
        FeedFilter(
            name="mode",
            label=N_("On site or online"),
            read=lambda raw, _actor: raw if raw in tuple(Mode) else None,
            where=offered.same(Event.mode),
            choices=offered.modes,
            shown=lambda view: [view.mode.value],
        ),
        FeedFilter(name="from", label=N_("From"), read=offered.read_day, where=offered.from_day),
        FeedFilter(name="to", label=N_("To"), read=offered.read_day, where=offered.to_day),
        FeedFilter(name="q", label=N_("Search"), read=offered.read_words, where=offered.matching),
    )
}
