"""What stands in the organisers' calendar: dates, runs and campaigns, by the clocks of the organisation's zone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from cag_events.domain import when
from cag_events.domain.disclosure import disclose
from cag_events.domain.errors import N_
from cag_events.domain.event import EventView, OccurrenceRecord
from cag_events.domain.lifecycle import Status
from cag_events.domain.seats import SeatState
from cag_events.domain.texts import Picked, pick
from cag_events.events import grid
from cag_events.events.cards import Reader, kind_label, place_text, title_of
from cag_events.events.marks import Mark
from cag_events.events.models import Campaign
from cag_events.events.wording import STATUS_WORDS
from cag_events.permissions import Actor, Permission, may
from cag_events.web import dates
from cag_events.workspace.doing import may_move, seats_of
from cag_events.workspace.overlays import Shown
from cag_events.workspace.queries import Watched

MARKS = {
    "holiday": N_("Public holiday"),
    "half": N_("Half a day off"),
    "school_break": N_("School break"),
    "exam": N_("Exam weeks"),
    "other": N_("Period"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing in the calendar. `starts`, `ends`: wall times at home; None for what takes up whole days.

    `sort`: date, run, campaign, mark (a holiday, a break), or beneath for what others have in their calendars.
    `move_url`: where it is moved; empty where this person may not. `also`: the same time on other clocks.
    """

    id: str
    sort: str
    first: date
    last: date
    starts: datetime | None = None
    ends: datetime | None = None
    url: str
    title: Picked
    words: str
    token: str = ""
    kind_label: str = ""
    status: str = ""
    status_label: str = ""
    note: str = ""
    also: tuple[str, ...] = ()
    event: str = ""
    occurrence: int | None = None
    version: int = 0
    is_series: bool = False
    move_url: str = ""

    @property
    def is_bar(self) -> bool:
        """Tell whether it takes up whole days."""
        return self.starts is None

    def item(self, reader: Reader) -> grid.Item:
        """Return it as the tables place it."""
        return grid.Item(
            first=self.first,
            last=self.last,
            starts=self.starts,
            is_bar=self.is_bar,
            url=self.url,
            title=self.title.text,
            title_lang=_foreign(self.title, reader),
            time=dates.clock_text(self.starts, reader.lang) if self.starts else "",
            token=self.token,
            kind_label=self.kind_label,
            status=self.status,
            status_label=self.status_label,
            note=self.note,
            move_url=self.move_url,
            also=", ".join(self.also),
        )

    def day_item(self, reader: Reader) -> grid.Item:
        """Return what takes up whole days as a list of days places it: with its days in words, and what it is."""
        days = dates.run(self.first, self.last, lang=reader.lang).text if self.last > self.first else ""
        what = self.kind_label if self.sort in ("campaign", "mark") else ""
        return replace(self.item(reader), also=", ".join(part for part in (what, days) if part))

    def plain(self, reader: Reader) -> dict[str, Any]:
        """Return it as the calendar's script reads it; the end of whole days is the day after."""
        timed = self.starts is not None and self.ends is not None
        return {
            "id": self.id,
            "sort": self.sort,
            "start": f"{self.starts:%Y-%m-%dT%H:%M}" if timed else self.first.isoformat(),
            "end": f"{self.ends:%Y-%m-%dT%H:%M}" if timed else (self.last + timedelta(days=1)).isoformat(),
            "all_day": not timed,
            "url": self.url,
            "title": self.title.text,
            "lang": _foreign(self.title, reader),
            "words": self.words,
            "token": self.token,
            "kind": self.kind_label,
            "status": self.status,
            "status_label": self.status_label,
            "note": self.note,
            "also": list(self.also),
            "event": self.event,
            "occurrence": self.occurrence,
            "version": self.version,
            "is_series": self.is_series,
            "move_url": self.move_url,
        }


def entries_of(
    one: Watched, actor: Actor, reader: Reader, now: datetime, state: SeatState | None, *, also: str = ""
) -> Iterable[Entry]:
    """Return what an event puts into the calendar, disclosed to its reader; `also`: a zone to tell its times in."""
    view = disclose(one.record, actor.viewer, now)
    title, seats = title_of(view, reader), seats_of(view, state)
    place, status = place_text(view, reader), _status_of(view)
    seats_text = _("%(taken)s of %(seats)s seats", taken=seats.taken, seats=seats.capacity) if seats else ""
    common: dict[str, Any] = {
        "url": url_for("events.edit" if may(actor, Permission.EVENT_EDIT) else "site.event", key=view.key),
        "token": view.themes[0].token if view.themes else "",
        "kind_label": kind_label(view.kind, reader),
        "event": view.key,
        "version": one.record.version,
    }
    if view.run_from is not None and view.run_to is not None:
        spell = dates.run(view.run_from, view.run_to, lang=reader.lang)
        yield Entry(
            id=f"run-{view.id}",
            sort="run",
            first=view.run_from,
            last=view.run_to,
            title=title,
            words=_listed(spell.words, place, status[1]),
            status=status[0],
            status_label=status[1],
            move_url=url_for("workspace.move", event=view.key) if may_move(view, actor) else "",
            **common,
        )
    for occurrence in view.occurrences:
        starts, ends = when.wall_of(occurrence.starts_at, reader.home), when.wall_of(occurrence.ends_at, reader.home)
        own = reader.text(occurrence.title)
        is_part = bool(own) and view.run_from is not None
        is_off = status[0] == "" and occurrence.cancelled_on is not None
        slug, label = ("cancelled", _(STATUS_WORDS["cancelled"])) if is_off else status
        others = _on_other_clocks(occurrence, reader, also)
        yield Entry(
            id=f"date-{occurrence.id}",
            sort="date",
            first=starts.date(),
            last=ends.date(),
            starts=starts,
            ends=ends,
            title=Picked(f"{own.text} – {title.text}", title.lang) if is_part else title,
            words=_listed(
                dates.span(starts, ends, reader.home, lang=reader.lang).words,
                *others,
                place,
                _room_hours(view, starts, ends, reader),
                seats_text,
                label,
            ),
            status=slug,
            status_label=label,
            note=f"{seats.taken}/{seats.capacity}" if seats else "",
            also=others,
            occurrence=occurrence.id,
            is_series=bool(occurrence.rrule) or occurrence.series_of is not None,
            move_url=url_for("workspace.move", event=view.key, occurrence=occurrence.id)
            if may_move(view, actor) and not is_off
            else "",
            **common,
        )


def mark_entry(mark: Mark, number: int, url: str, reader: Reader) -> Entry:
    """Return a holiday, a school break or another period as a bar."""
    kind = _(MARKS.get(mark.kind, "Period"))
    return Entry(
        id=f"mark-{number}",
        sort="mark",
        first=mark.first,
        last=mark.last,
        url=url,
        title=Picked(mark.label, reader.lang),
        words=_listed(kind, mark.words, dates.run(mark.first, mark.last, lang=reader.lang).words),
        kind_label=kind,
    )


def beneath_entry(shown: Shown, number: int, reader: Reader) -> Entry:
    """Return a taken time of a calendar that somebody has laid beneath; it leads to the list of these."""
    starts, ends, name = shown.starts, shown.ends, shown.name or _("Calendar")
    timed = starts is not None and ends is not None
    words = dates.span(starts, ends, reader.home, lang=reader.lang) if timed else None  # type: ignore[arg-type]
    when_words = words.words if words else dates.run(shown.first, shown.last, lang=reader.lang).words
    return Entry(
        id=f"beneath-{number}",
        sort="beneath",
        first=shown.first,
        last=shown.last,
        starts=starts,
        ends=ends,
        url=url_for("workspace.own_overlays", _anchor=f"overlay-{shown.overlay}"),
        title=Picked(shown.title or _("Busy"), reader.lang),
        words=_listed(when_words, name, _("beneath")),
        token=shown.token,
        kind_label=name,
        status="beneath",
        status_label=name,
    )


def _room_hours(view: EventView, starts: datetime, ends: datetime, reader: Reader) -> str:
    """From when to when the room is needed, where setting up or clearing away takes time: for the team."""
    if not view.setup_minutes and not view.clear_minutes:
        return ""
    begins, stops = starts - timedelta(minutes=view.setup_minutes), ends + timedelta(minutes=view.clear_minutes)
    first, last = dates.clock_text(begins, reader.lang), dates.clock_text(stops, reader.lang)
    return str(_("room %(first)s–%(last)s", first=first, last=last))


def campaign_entry(row: Campaign, reader: Reader) -> Entry:
    """Return a campaign as a bar."""
    return Entry(
        id=f"campaign-{row.key}",
        sort="campaign",
        first=row.starts_on,
        last=row.ends_on,
        url=url_for("site.campaign", key=row.key),
        title=pick(row.name, reader.lang),
        words=_listed(_("Campaign"), dates.run(row.starts_on, row.ends_on, lang=reader.lang).words),
        kind_label=_("Campaign"),
    )


def _on_other_clocks(occurrence: OccurrenceRecord, reader: Reader, also: str) -> tuple[str, ...]:
    """When it is on the clocks of its own zone and of the one that was asked for, where these show another hour."""
    shown = {when.offset_minutes(occurrence.starts_at, reader.home)}
    found = []
    for tz in dict.fromkeys((occurrence.tz, also)):
        if tz and (offset := when.offset_minutes(occurrence.starts_at, tz)) not in shown:
            shown.add(offset)
            here = when.day_of(occurrence.starts_at, reader.home)
            found.append(dates.elsewhere(occurrence.starts_at, None, tz, here, reader.lang).text)
    return tuple(found)


def _status_of(view: EventView) -> tuple[str, str]:
    """The slug and the word of a status that is worth telling."""
    if view.status is Status.PUBLISHED:
        return "", ""
    return view.status.value, _(STATUS_WORDS[view.status.value])


def _foreign(text: Picked, reader: Reader) -> str | None:
    return text.lang if text.lang != reader.lang else None


def _listed(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
