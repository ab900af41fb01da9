"""Imports in words: what happens to an entry, what is remarked, what a field was and becomes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select

from cag_events.db import db
from cag_events.domain.errors import N_
from cag_events.domain.event import Mode
from cag_events.domain.texts import pick
from cag_events.events.models import KindWords, Theme, Venue
from cag_events.events.wording import MODE_WORDS
from cag_events.imports.foreign import ForeignEntry, Remark
from cag_events.imports.merging import FIELDS
from cag_events.imports.plans import Action, Difference, Proposal, is_writable
from cag_events.imports.wishes import Wish
from cag_events.kinds import KINDS
from cag_events.web.dates import clock_text, day_text, listing, run, span_text
from cag_events.web.language import current_language
from cag_events.web.richtext import plain

# Before it is done; afterwards. With a tone and a drawing.
ACTIONS: Final[Mapping[Action, tuple[str, str, str, str]]] = {
    Action.NEW: (N_("Becomes a draft"), N_("Draft made"), "ok", "plus"),
    Action.CHANGED: (N_("Changed"), N_("Changed"), "accent", "pencil"),
    Action.SAME: (N_("As before"), N_("As before"), "neutral", "ok"),
    Action.CANCELLED: (N_("Cancelled there"), N_("Cancelled there"), "warn", "cancelled"),
    Action.GONE: (N_("No longer in the file"), N_("No longer in the file"), "warn", "warn"),
    Action.LEFT: (N_("Left"), N_("Left"), "neutral", "withdrawn"),
}
_SAID: Final[Mapping[str, Callable[[str], str]]] = {
    "on": lambda text: day_text(date.fromisoformat(text)),
    "time": lambda text: clock_text(time.fromisoformat(text)),
    "read": lambda text: clock_text(time.fromisoformat(text)),
}  # facts of remarks that are days and times
FIRST_DATES: Final = 2
LONGEST_SHOWN: Final = 160


@dataclass(frozen=True)
class Names:
    """Names of what events point to, by key, in the reader's language."""

    kinds: Mapping[str, str]
    venues: Mapping[str, str]
    themes: Mapping[str, str]

    def kind_choices(self) -> list[tuple[str, str]]:
        """Return the kinds for a list of choices, by name."""
        return sorted(self.kinds.items(), key=lambda item: item[1])


@dataclass(frozen=True, kw_only=True)
class Change:
    """A field in words: what it is here and what it becomes."""

    label: str
    before: str
    after: str
    is_taken: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """An entry as the preview shows it."""

    key: str
    title: str
    label: str
    tone: str
    icon: str
    when: str = ""
    place: str = ""
    kind: str = ""
    themes: str = ""
    event_key: str = ""
    changes: tuple[Change, ...] = ()
    remarks: tuple[str, ...] = ()
    may_choose: bool = False
    is_chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class Done:
    """An entry as the report shows it."""

    title: str
    label: str
    tone: str
    icon: str
    event_key: str = ""
    fields: str = ""
    remarks: tuple[str, ...] = ()


def read_names() -> Names:
    """Return the names of kinds, venues and themes."""
    lang = current_language()
    own = {row.key: pick(row.name, lang).text for row in db.session.scalars(select(KindWords))}
    themes = db.session.scalars(select(Theme).order_by(Theme.position, Theme.id))
    return Names(
        kinds={slug: own.get(slug) or _(kind.label) for slug, kind in KINDS.items()},
        venues={row.key: pick(row.name, lang).text for row in db.session.scalars(select(Venue))},
        themes={row.key: pick(row.name, lang).text for row in themes},
    )


def remark_text(text: str, facts: Mapping[str, Any]) -> str:
    """Return a remark in the reader's language; lists in its facts are fields, `on` is a day or several, some times."""
    shown = {
        name: listing(_fact(name, word) for word in value)
        if isinstance(value, list | tuple)
        else _fact(name, value)
        if name in _SAID
        else value
        for name, value in facts.items()
    }
    said = str(_(text))
    return said % shown if shown else said


def _fact(name: str, word: Any) -> str:
    if name in _SAID:
        return _SAID[name](str(word))
    return str(_(FIELDS[word])).lower() if word in FIELDS else str(word)


def remarks_of(remarks: Iterable[Remark]) -> tuple[str, ...]:
    """Return remarks in words."""
    return tuple(remark_text(one.text, one.facts) for one in remarks)


def row_of(proposal: Proposal, names: Names, chosen: frozenset[str] | None) -> Row:
    """Return an entry for the preview; `chosen`: what was ticked before, None: nothing was asked yet."""
    label, _done, tone, icon = ACTIONS[proposal.action]
    wish = proposal.wish
    may_choose = is_writable(proposal)
    return Row(
        key=proposal.key,
        title=proposal.title,
        label=_(label),
        tone=tone,
        icon=icon,
        when=_when_of(wish) if wish else _when_there(proposal.entry),
        place=_place(wish.mode, wish.venue, names) if wish else "",
        kind=names.kinds.get(wish.kind, "") if wish else "",
        themes=listing(names.themes.get(key, key) for key in wish.themes) if wish and wish.themes else "",
        event_key=proposal.event_key,
        changes=tuple(_change(one, names) for one in proposal.differences),
        remarks=remarks_of(proposal.remarks),
        may_choose=may_choose,
        is_chosen=may_choose and (proposal.is_chosen if chosen is None else proposal.key in chosen),
    )


def done_of(outcome: Mapping[str, Any]) -> Done:
    """Return a line of a kept report in words."""
    _before, label, tone, icon = ACTIONS[Action(outcome["action"])]
    return Done(
        title=outcome["title"],
        label=_(label),
        tone=tone,
        icon=icon,
        event_key=outcome["event_key"],
        fields=listing(_(FIELDS[name]).lower() for name in outcome["fields"]) if outcome["fields"] else "",
        remarks=tuple(remark_text(one["text"], one["facts"]) for one in outcome["remarks"]),
    )


def _when_of(wish: Wish) -> str:
    if wish.run:
        return str(run(*wish.run))
    dates = _dates([(one.starts, one.ends, one.is_off) for one in wish.dates])
    return str(_("%(dates)s, as a series", dates=dates)) if wish.rrule else dates


def _when_there(entry: ForeignEntry | None) -> str:
    """When an entry is that cannot be taken, as the file has it."""
    if entry is None:
        return ""
    if entry.is_all_day:
        return str(run(entry.first_on, entry.last_on))
    return span_text(entry.starts_wall, entry.ends_wall if entry.ends_wall > entry.starts_wall else None)


def _dates(spans: Sequence[Sequence[Any]]) -> str:
    """The first of several dates in words: start, end, and something where it is called off."""
    spans = [span for span in spans if not span[2]] or spans
    shown = [span_text(span[0], span[1]) for span in spans[:FIRST_DATES]]
    if len(spans) > FIRST_DATES:
        return str(_("%(dates)s and %(number)s more dates", dates=", ".join(shown), number=len(spans) - FIRST_DATES))
    return ", ".join(shown)


def _place(mode: Mode, venue: str | None, names: Names) -> str:
    if venue:
        return names.venues.get(venue, venue)
    return str(_("No place yet") if mode is Mode.ONSITE else _(MODE_WORDS[mode]))


def _change(one: Difference, names: Names) -> Change:
    return Change(
        label=_(one.label),
        before=_value(one.name, one.before, names),
        after=_value(one.name, one.after, names),
        is_taken=one.is_taken,
    )


def _value(name: str, value: Any, names: Names) -> str:
    match name:
        case "when":
            dates, _tz, days = value
            return str(run(*days)) if days else _dates(dates)
        case "place":
            mode, venue, _room = value
            return _place(mode, venue, names)
        case "kind":
            return names.kinds.get(value, value)
        case "themes":
            return listing(names.themes.get(key, key) for key in value) or "–"
        case "online":
            return str(_("an address that is not shown here")) if value else "–"
    text = plain(str(value))
    return f"{text[:LONGEST_SHOWN]} …" if len(text) > LONGEST_SHOWN else text or "–"
