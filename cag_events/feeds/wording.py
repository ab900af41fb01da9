"""An event as one viewer may see it → its calendar entries in one language."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from cag_events.domain import when
from cag_events.domain.calendar import Entry, EntryStatus, cancelled
from cag_events.domain.clock_changes import changes_of
from cag_events.domain.clocks import other_zones
from cag_events.domain.event import EventView, Mode, OccurrenceRecord, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.domain.series import Series, ruled, series_of
from cag_events.domain.texts import Texts, pick
from cag_events.domain.when import WEEKDAYS
from cag_events.web import dates

LONGEST_BODY: Final = 1500  # letters of an entry's text; the page has the rest
_MARKS: Final = re.compile(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|^#{1,6} |^> ?|`", re.MULTILINE)
_LINK: Final = re.compile(r"\[([^\]\n]{1,300})\]\(([^)\s]{1,500})\)")


@dataclass(frozen=True, kw_only=True)
class Words:
    """All words of ours in one language, and what an address of an event begins with."""

    lang: str
    base_url: str
    home_tz: str
    kinds: Mapping[str, str]
    numbered: str  # %(title)s, %(num)s, %(all)s
    online: str
    hybrid: str
    postponed: str
    cancelled: str
    withdrawn: str
    opening_hours: str
    other_hours: str
    closed: str
    opened: str  # title of an entry of opening hours, %(title)s
    on_the_page: str
    join: str
    reminder: str
    from_then: str  # %(time)s
    statuses: Mapping[str, str]  # of a registration that is not confirmed


def entries_of(view: EventView, words: Words) -> list[Entry]:
    """Return the entries of an event: of its run and of each occurrence, a rule and its dates as one.

    SEQUENCE is 0 and LAST-MODIFIED the creation: the versions are put in where entries are kept.
    """
    common = _common(view, words)
    entries = [_banner(view, words, common)] if view.run_from and view.run_to else []
    if entries and view.part_of:
        entries = [replace(entries[0], related_to=view.part_of.uid)]
    parent = entries[0].uid if entries else None
    whole = view.part_of.uid if view.part_of else None
    series = series_of(view)
    covered = {occurrence.id for one in series.values() for occurrence in one.dates}
    dated = [one for one in view.occurrences if one.id in series or one.id not in covered]
    dated = [series[one.id].as_ruled if one.id in series else one for one in dated]
    dated.sort(key=lambda one: (one.starts_at, one.id))
    all_of_them = 1 if view.run_from else len(dated)
    for number, occurrence in enumerate(dated, 1):
        numbered = (number, all_of_them)
        one = series.get(occurrence.id)
        made = (
            _repeated(view, one, words, common, numbered)
            if one
            else [_dated(view, occurrence, words, common, numbered)]
        )
        related = parent or whole
        entries += [replace(entry, related_to=related) for entry in made] if related else made
        parent = parent or made[0].uid
    return [_with_status(entry, view, words) for entry in entries]


def opening_entries(view: EventView, words: Words) -> list[Entry]:
    """Return the opening hours of a run, as entries that repeat weekly.

    Closed days are left out of them, days with other hours are changed dates of them; what else is open on such a day
    stands by itself. A run without hours, or whose hours may not be known, keeps its one long entry.
    """
    if not view.run_from or not view.run_to:
        return []
    common, entries = _common(view, words), []
    shut = {day for day, _ in _closed(view)}
    other = {day: sorted(rows) for day, rows in _other_hours(view).items() if day not in shut}
    for number, (days, start, end) in enumerate(_openings(view)):
        first = next((day for day in _days(view.run_from, view.run_to) if WEEKDAYS[day.weekday()] in days), None)
        if first is None or not start < end:
            continue
        rule = f"FREQ=WEEKLY;UNTIL={view.run_to:%Y%m%d}T235959;BYDAY=" + ",".join(day[:2].upper() for day in days)
        entry = Entry(
            **common | {"summary": words.opened % {"title": common["summary"]}},
            uid=str(uuid5(UUID(view.uid), f"hours-{number}")),
            start=_at(first, start),
            end=_at(first, end),
            tz=view.tz,
            rrule=rule,
            description=_description(view, words, ()),
        )
        dates = [day for day in _days(first, view.run_to) if WEEKDAYS[day.weekday()] in days]
        changed = {day: other[day].pop(0) for day in dates if other.get(day)}
        # A day whose other hours a rule before this one has taken is none of this one's.
        left_out = [day for day in dates if day in shut or (day in other and day not in changed)]
        entries.append(_with_status(replace(entry, exdates=tuple(_at(day, start) for day in left_out)), view, words))
        for day, (opens, closes) in changed.items():
            moved = replace(
                entry, start=_at(day, opens), end=_at(day, closes), rrule=None, recurrence_id=_at(day, start)
            )
            entries.append(_with_status(moved, view, words))
    for day, rows in sorted(other.items()):
        for opens, closes in rows:
            entry = Entry(
                **common | {"summary": words.opened % {"title": common["summary"]}},
                uid=str(uuid5(UUID(view.uid), f"hours-{day}-{opens}")),
                start=_at(day, opens),
                end=_at(day, closes),
                tz=view.tz,
                description=_description(view, words, ()),
            )
            entries.append(_with_status(entry, view, words))
    return entries or [entry for entry in entries_of(view, words) if entry.uid == view.uid]


def _other_hours(view: EventView) -> dict[date, list[tuple[str, str]]]:
    """Return opening and closing times of days that differ from their weekday."""
    found: dict[date, list[tuple[str, str]]] = {}
    for day, opens, closes, _name in _special(view):
        if opens < closes:
            found.setdefault(day, []).append((opens, closes))
    return found


def place_of(view: EventView, words: Words) -> str:
    """Return where it is, in one line: name, street, town, country; the town alone where no more may be known."""
    if view.neutral:
        return ""
    if view.mode is Mode.ONLINE or view.venue is None or view.venue.virtual:
        return words.online
    venue, lang = view.venue, words.lang
    room = view.room.name if view.room else ""
    country = dates.country_name(venue.country, lang) if venue.country else ""
    parts = (pick(venue.name, lang).text, room, venue.street, venue.city_in(lang), country)
    return ", ".join(part for part in parts if part)


def page_of(view: EventView, words: Words) -> str:
    """Return the address of an event's page."""
    return f"{words.base_url}/{words.lang}/events/{view.key}"


def _repeated(
    view: EventView, series: Series, words: Words, common: dict[str, Any], number: tuple[int, int]
) -> list[Entry]:
    """Return the entry of a rule, followed by one for each of its dates that was changed or called off."""
    whole = replace(
        _dated(view, series.as_ruled, words, common, number, [ruled(one)[0] for one in series.dates]),
        uid=series.uid,
        rrule=series.rrule,
        exdates=series.missing,
    )
    changed = [
        replace(_dated(view, one, words, common, number), uid=series.uid, recurrence_id=ruled(one)[0])
        for one in series.changed
    ]
    return [whole, *changed]


def _common(view: EventView, words: Words) -> dict[str, Any]:
    """Return what all entries of an event share."""
    lang = words.lang
    kind = words.kinds.get(view.kind, "")
    title = pick(view.title, lang).text or kind
    names = [pick(theme.name, lang).text for theme in (*view.themes, *view.subtopics)]
    venue = view.venue
    has_point = venue is not None and venue.lat is not None and venue.lon is not None and view.mode is not Mode.ONLINE
    geo = (venue.lat, venue.lon) if venue is not None and has_point and not view.neutral else None
    return {
        "sequence": 0,
        "created": view.created_at,
        "last_modified": view.created_at,
        "summary": title,
        "language": pick(view.title, lang).lang,
        "location": place_of(view, words),
        "geo": geo,
        "url": page_of(view, words) if view.visibility is not Visibility.PRIVATE else None,
        "categories": () if view.neutral else tuple(dict.fromkeys(name for name in (*names, kind) if name)),
    }


def _dated(  # noqa: PLR0917 (all of it is one entry's)
    view: EventView,
    occurrence: OccurrenceRecord,
    words: Words,
    common: dict[str, Any],
    number: tuple[int, int],
    starts: Sequence[datetime] = (),
) -> Entry:
    """Return the entry of one occurrence; `number`: the how manieth of how many; `starts`: all that its rule gives."""
    summary = common["summary"]
    if number[1] > 1:
        summary = words.numbered % {"title": summary, "num": number[0], "all": number[1]}
    if own := pick(occurrence.title, words.lang).text:
        summary = f"{summary}: {own}" if not view.run_from else f"{own}: {summary}"
    entry = Entry(
        **common | {"summary": summary},
        uid=occurrence.uid,
        start=occurrence.starts_wall,
        end=occurrence.ends_wall,
        tz=occurrence.tz,
        description=_description(view, words, _clocks(view, occurrence, words, starts)),
    )
    if occurrence.is_cancelled:
        return cancelled(entry, f"{words.cancelled} {pick(occurrence.cancel_reason, words.lang).text}".strip())
    return entry


def _banner(view: EventView, words: Words, common: dict[str, Any]) -> Entry:
    """Return the entry of a run: whole days, opening hours in words."""
    assert view.run_from is not None
    assert view.run_to is not None
    return Entry(
        **common,
        uid=view.uid,
        start=view.run_from,
        end=view.run_to,
        description=_description(view, words, tuple(_hours_in_words(view, words))),
    )


def _with_status(entry: Entry, view: EventView, words: Words) -> Entry:
    if entry.is_cancelled:
        return entry  # that date alone, for a reason of its own
    if view.status is Status.CANCELLED:
        reason = pick(view.cancel_reason, words.lang).text
        return cancelled(entry, f"{words.cancelled} {reason}".strip())
    if view.status is Status.POSTPONED:
        return replace(entry, status=EntryStatus.TENTATIVE, description=(words.postponed, *entry.description))
    return entry


def _description(view: EventView, words: Words, times: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines of a text: lead, place or how to join, times, text, page."""
    if view.neutral:
        return ()
    lang = words.lang
    lead = " ".join(pick(view.summary, lang).text.split())
    where = {Mode.ONLINE: words.online, Mode.HYBRID: words.hybrid}.get(view.mode, "")
    body = plain(pick(view.body, lang).text)
    if len(body) > LONGEST_BODY:
        body = body[:LONGEST_BODY].rsplit(" ", 1)[0] + " …"
    page = page_of(view, words) if view.visibility is not Visibility.PRIVATE else ""
    blocks = (lead, "\n".join(line for line in (place_of(view, words), where, *times) if line), body, page)
    lines: list[str] = []
    for block in blocks:
        if block:
            lines += ["", block] if lines else [block]
    return tuple(lines)


def plain(text: str) -> str:
    """Return Markdown as plain text, addresses in brackets after their words."""
    return _MARKS.sub("", _LINK.sub(r"\1 (\2)", text)).strip()


def _clocks(
    view: EventView, occurrence: OccurrenceRecord, words: Words, dates_of_rule: Sequence[datetime]
) -> tuple[str, ...]:
    """Return the time by all clocks that it concerns; none where one clock serves all.

    Of a rule also from which date on it is at another hour there, since its entry stands for all of its dates.
    """
    zones = other_zones(view, words.home_tz)
    if not zones:
        return ()
    lang, starts, ends = words.lang, occurrence.starts_wall, occurrence.ends_wall
    here = f"{dates.span_text(starts, ends, lang=lang)} ({dates.zone_city(occurrence.tz, lang)})"
    there = (_there(occurrence, zone, words, dates_of_rule) for zone in zones)
    return (here, *there)


def _there(occurrence: OccurrenceRecord, zone: str, words: Words, dates_of_rule: Sequence[datetime]) -> str:
    lang, own, length = words.lang, occurrence.tz, occurrence.ends_at - occurrence.starts_at
    told = [_span_there(occurrence.starts_at, length, zone, occurrence.starts_wall.date(), lang)]
    for change in changes_of(dates_of_rule, own, [zone]):
        day = when.wall_of(change.starts_at, own).date()
        span = _span_there(change.starts_at, length, zone, day, lang)
        is_bare = (
            when.wall_of(change.starts_at, zone).date() == day == when.wall_of(change.starts_at + length, zone).date()
        )
        told.append(words.from_then % {"time": f"{dates.day_text(day, lang=lang)} {span}" if is_bare else span})
    return f"{', '.join(told)} ({dates.zone_city(zone, lang)})"


def _span_there(starts_at: datetime, length: timedelta, zone: str, here: date, lang: str) -> str:
    """From when till when by other clocks: hours alone where it is the same day there."""
    starts, ends = when.wall_of(starts_at, zone), when.wall_of(starts_at + length, zone)
    if starts.date() == here == ends.date():
        return f"{dates.clock_text(starts, lang)}–{dates.clock_text(ends, lang)}"
    return dates.span_text(starts, ends, lang=lang)


def _openings(view: EventView) -> Iterator[tuple[list[str], str, str]]:
    """Yield days, opening and closing time, wherever the kind keeps them."""
    for section in view.details.values():
        if isinstance(section, dict):
            for row in section.get("opening") or ():
                days = [day for day in WEEKDAYS if day in row.get("days", ())]
                if days and row.get("start") and row.get("end"):
                    yield days, row["start"], row["end"]


def _closed(view: EventView) -> Iterator[tuple[date, Texts]]:
    for section in view.details.values():
        if isinstance(section, dict):
            for row in section.get("closed") or ():
                if isinstance(row, dict) and row.get("date"):
                    yield date.fromisoformat(row["date"]), row.get("name") or {}


def _special(view: EventView) -> Iterator[tuple[date, str, str, Texts]]:
    """Yield days with other hours than their weekday has: the day, opening and closing time, why."""
    for section in view.details.values():
        if isinstance(section, dict):
            for row in section.get("special") or ():
                if isinstance(row, dict) and row.get("date") and row.get("start") and row.get("end"):
                    yield date.fromisoformat(row["date"]), row["start"], row["end"], row.get("name") or {}


def _hours_in_words(view: EventView, words: Words) -> Iterator[str]:
    """Yield a line of opening hours, one of days with other hours, and one of closed days."""
    names = [short for short, _ in dates.weekday_names(words.lang)]
    lines = []
    for days, start, end in _openings(view):
        numbers = [WEEKDAYS.index(day) for day in days]
        runs_on = len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1
        told = f"{names[numbers[0]]}–{names[numbers[-1]]}" if runs_on else ", ".join(names[n] for n in numbers)
        opens, closes = (dates.clock_text(_at(date(2000, 1, 1), clock), words.lang) for clock in (start, end))
        lines.append(f"{told} {opens}–{closes}")
    if lines:
        yield f"{words.opening_hours}: " + "; ".join(lines)
    other = []
    for day, start, end, texts in sorted(_special(view), key=lambda row: row[:3]):
        opens, closes = (dates.clock_text(_at(day, clock), words.lang) for clock in (start, end))
        name = pick(texts, words.lang).text
        told = dates.day_text(day, year=False, lang=words.lang)
        other.append(f"{told} {opens}–{closes}{name and f' ({name})'}")
    if other:
        yield f"{words.other_hours}: " + "; ".join(other)
    shut = [
        f"{dates.day_text(day, year=False, lang=words.lang)}{name and f' ({name})'}"
        for day, name in sorted((day, pick(texts, words.lang).text) for day, texts in _closed(view))
    ]
    if shut:
        yield f"{words.closed}: " + ", ".join(shut)


def _at(day: date, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T{clock}")


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
