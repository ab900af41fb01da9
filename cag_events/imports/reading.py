"""Reads a calendar of somebody else with patience: one bad entry is reported and left, never the whole file."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from cag_events.domain import when
from cag_events.domain.errors import N_
from cag_events.imports.expanding import RULE_LONGEST, occurrences_between
from cag_events.imports.foreign import ForeignCalendar, ForeignEntry, ForeignOccurrence, Left, Remark
from cag_events.imports.lines import Component, Line, components_of
from cag_events.imports.prose import one_line, prose, safe_url
from cag_events.imports.times import BadTime, Moment, length_of, moment_of, moments_of
from cag_events.imports.zones import Zones

MOST_DATES: Final = 730
LONGEST_UID: Final = 500
LONGEST_TITLE: Final = 200
LONGEST_TEXT: Final = 20_000
STATUSES: Final = frozenset({"CONFIRMED", "TENTATIVE", "CANCELLED"})
ANSWERS: Final = frozenset({"REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH"})  # METHODs of those who were invited
CLASSES: Final = frozenset({"PUBLIC", "PRIVATE", "CONFIDENTIAL"})
_DIGITS: Final = re.compile(r"\d{1,9}")
_UNTIL: Final = re.compile(r"UNTIL=([^;]*)")
_REPORTED: Final = {
    "ATTENDEE": Remark("entry.people", N_("Who was invited and who invited was left out: nobody of them agreed.")),
    "ORGANIZER": Remark("entry.people", N_("Who was invited and who invited was left out: nobody of them agreed.")),
    "ATTACH": Remark("entry.attached", N_("Attached files and pictures were left out.")),
    "IMAGE": Remark("entry.attached", N_("Attached files and pictures were left out.")),
    "CONTACT": Remark("entry.contact", N_("Whom to ask was left out; name a contact of ours.")),
    "MORE": Remark("entry.long", N_("The entry is too long; its end was left out.")),
}

__all__ = ["ForeignCalendar", "ForeignEntry", "ForeignOccurrence", "occurrences_between", "read_calendar"]


class _Left(Exception):
    """An entry cannot be taken."""

    def __init__(self, code: str, text: str, /, **facts: object) -> None:
        super().__init__(code)
        self.remark = Remark(f"entry.{code}", text, dict(facts))


def read_calendar(octets: bytes, *, home: str = when.HOME) -> ForeignCalendar:
    """Return what a calendar file of any program holds. Never raises, whatever the octets are.

    `home`: the zone of the organisation, in which times without a zone, and single ones in UTC, are told.
    """
    whole = components_of(octets)
    remarks = list(whole.remarks)
    if not whole.calendars and not whole.events:
        remarks.append(Remark("file.empty", N_("There is no calendar in it.")))
    named = next((line for part in whole.calendars if (line := part.first("X-WR-TIMEZONE"))), None)
    place = Zones(whole.zones, home).find(named.value)[0] if named else home
    zones = Zones(whole.zones, home if place == "UTC" else place)
    left = list(whole.left)
    entries: dict[tuple[str, datetime | None], ForeignEntry] = {}
    for part in whole.events:
        try:
            entry = _entry(part, zones)
        except _Left as reason:
            left.append(Left("VEVENT", _title(part), reason.remark))
            continue
        except Exception as fault:  # the edge: what nobody thought of must not stop the other entries
            text = N_("It cannot be read (%(fault)s).")
            left.append(Left("VEVENT", "", Remark("entry.unreadable", text, {"fault": type(fault).__name__})))
            continue
        _add(entry, entries, left)
    return ForeignCalendar(
        name=_name(whole.calendars),
        tz=zones.home,
        entries=tuple(entries.values()),
        left=tuple(left),
        remarks=tuple(remarks),
    )


def _name(calendars: list[Component]) -> str:
    for part in calendars:
        for name in ("X-WR-CALNAME", "NAME"):
            if line := part.first(name):
                return one_line(line.text())[:LONGEST_TITLE]
    return ""


def _title(part: Component) -> str:
    line = part.first("SUMMARY")
    return one_line(line.text())[:LONGEST_TITLE] if line else ""


def _add(entry: ForeignEntry, entries: dict[tuple[str, datetime | None], ForeignEntry], left: list[Left]) -> None:
    """Keep an entry; of two with one UID the newer, as calendars do."""
    key = (entry.uid, entry.recurrence_wall)
    known = entries.get(key)
    if known is not None:
        older, newer = sorted((known, entry), key=_age)
        entries[key] = newer
        text = N_("Two entries have the same identity (UID); the newer one counts: “%(title)s”.")
        left.append(Left("VEVENT", older.summary, Remark("entry.twice", text, {"title": newer.summary})))
    else:
        entries[key] = entry


def _age(entry: ForeignEntry) -> tuple[int, datetime]:
    return entry.sequence, entry.changed_at or datetime.min.replace(tzinfo=UTC)


def _entry(part: Component, zones: Zones) -> ForeignEntry:
    if part.fault is not None and part.fault.code == "entry.cut_off":
        raise _Left("cut_off", part.fault.text)
    if part.method in ANSWERS:
        raise _Left("answer", N_("It is somebody's answer to an invitation, no event."))
    starts, ends, remarks = _span(part, zones)
    uid = _uid(part, starts)
    repeats = part.first("RRULE") is not None or part.first("RDATE") is not None
    changes = part.first("RECURRENCE-ID")
    # A series in UTC stays there: told in another zone it would move with that zone's summer time.
    tz = zones.home if starts.tz == "UTC" and not repeats and changes is None else starts.tz
    entry = ForeignEntry(
        uid=uid,
        sequence=_number(part.first("SEQUENCE")),
        changed_at=_instant(part, zones),
        summary=_title(part),
        description=_description(part),
        location=_line(part, "LOCATION"),
        url=_url(part),
        online_url=_online(part),
        lang=_language(part),
        starts_wall=starts.told_in(tz),
        ends_wall=ends.told_in(tz),
        tz=tz,
        is_all_day=starts.is_day,
        status="CANCELLED" if part.method == "CANCEL" else _word(part, "STATUS", STATUSES),
        categories=_categories(part),
        geo=_geo(part),
        cls=_word(part, "CLASS", CLASSES),
        is_busy=_word(part, "TRANSP", frozenset({"TRANSPARENT"})) == "",
        remarks=tuple(_distinct([*remarks, *_reported(part)])),
    )
    if changes is not None:
        return _changed(entry, changes, zones)
    return _series(entry, part, zones) if repeats else entry


def _distinct(remarks: list[Remark]) -> list[Remark]:
    return list({(remark.code, str(remark)): remark for remark in remarks}.values())


def _reported(part: Component) -> list[Remark]:
    found = [_REPORTED[name] for name in sorted(part.left) if name in _REPORTED]
    if any(inner.name == "VALARM" for inner in part.inside):
        found.append(Remark("entry.alarm", N_("Reminders were left out; events here have their own.")))
    if any(part.first(name) for name in ("COMMENT", "RESOURCES")):
        found.append(Remark("entry.comment", N_("Comments and what is to be brought along were left out.")))
    if (title := part.first("SUMMARY")) and len(one_line(title.text())) > LONGEST_TITLE:
        text = N_("Its title is longer than %(most)s characters; its end was left out.")
        found.append(Remark("entry.title_cut", text, {"most": LONGEST_TITLE}))
    if part.fault is not None:
        found.append(part.fault)
    return found


def _uid(part: Component, starts: Moment) -> str:
    line = part.first("UID")
    uid = one_line(line.text())[:LONGEST_UID] if line else ""
    if uid:
        return uid
    return f"{starts.wall:%Y%m%dT%H%M}/{_title(part)}"  # none: the same time and title are the same entry


def _span(part: Component, zones: Zones) -> tuple[Moment, Moment, list[Remark]]:
    line = part.first("DTSTART")
    if line is None:
        raise _Left("no_start", N_("It has no start."))
    try:
        starts = moment_of(line, zones)
    except BadTime as fault:
        raise _Left("bad_start", N_("Its start cannot be read: “%(text)s”."), text=str(fault)) from fault
    remarks = [starts.remark] if starts.remark else []
    if not starts.is_day and _is_whole_day(part):
        starts = replace(starts, is_day=True)
    ends = _end(part, starts, zones, remarks)
    if ends.told_in(starts.tz) < starts.wall:
        remarks.append(Remark("entry.end_before_start", N_("It ends before it begins; its start was kept.")))
        ends = _default_end(starts)
    if starts.is_day and ends.wall == starts.wall:
        ends = _default_end(starts)  # some write the last day itself
    return starts, replace(ends, wall=ends.told_in(starts.tz), tz=starts.tz), remarks


def _is_whole_day(part: Component) -> bool:
    flags = ("X-MICROSOFT-CDO-ALLDAYEVENT", "X-FUNAMBOL-ALLDAY")
    return any(_word(part, name, frozenset({"TRUE", "1"})) for name in flags)


def _default_end(starts: Moment) -> Moment:
    return replace(starts, wall=starts.wall + timedelta(days=1)) if starts.is_day else starts


def _end(part: Component, starts: Moment, zones: Zones, remarks: list[Remark]) -> Moment:
    if line := part.first("DTEND"):
        try:
            ends = moment_of(line, zones)
        except BadTime:
            remarks.append(Remark("entry.bad_end", N_("Its end cannot be read.")))
            return _default_end(starts)
        if ends.is_day and not starts.is_day:  # until that day, where it begins at a time
            return replace(starts, wall=max(ends.wall, starts.wall))
        if starts.is_day and not ends.is_day:
            return replace(starts, wall=datetime.combine(ends.wall.date(), datetime.min.time()))
        return ends
    if (line := part.first("DURATION")) and (length := length_of(line)) is not None:
        if starts.is_day:
            return replace(starts, wall=starts.wall + max(timedelta(days=length.days), timedelta(days=1)))
        if abs(length) < timedelta(days=400):
            return _later(starts, length)
    elif part.first("DURATION"):
        remarks.append(Remark("entry.bad_end", N_("Its end cannot be read.")))
    return _default_end(starts)


def _later(starts: Moment, length: timedelta) -> Moment:
    """Hours are exact, days are those of the wall (RFC 5545 §3.3.6)."""
    if length % timedelta(days=1) == timedelta(0) or starts.tz == "UTC":
        return replace(starts, wall=starts.wall + length)
    from_utc = Moment(starts.told_in("UTC") + length, "UTC")
    return replace(starts, wall=from_utc.told_in(starts.tz))


def _series(entry: ForeignEntry, part: Component, zones: Zones) -> ForeignEntry:
    remarks = list(entry.remarks)
    rules = [line.value.strip() for line in part.every("RRULE") if line.value.strip()]
    if len(rules) > 1:
        remarks.append(Remark("entry.rules", N_("It has several rules for repeating; the first one counts.")))
    if part.first("EXRULE"):
        remarks.append(Remark("entry.exrule", N_("A rule for dates that fall out is outdated and was not followed.")))
    rule = _rule(rules[0], entry, zones) if rules else ""
    if rules and not rule:
        remarks.append(
            Remark("entry.bad_rule", N_("Its rule for repeating cannot be followed; its first date counts."))
        )
    if any("/" in line.value for line in part.every("RDATE")):
        text = N_("Some of its dates have a length of their own; that of the first one was taken.")
        remarks.append(Remark("entry.period", text))
    rdates = _dates(part, "RDATE", entry, zones, remarks)
    exdates = _dates(part, "EXDATE", entry, zones, remarks)
    return replace(entry, rrule=rule, rdates=rdates, exdates=exdates, remarks=tuple(remarks))


def _rule(text: str, entry: ForeignEntry, zones: Zones) -> str:
    """Return a rule with its UNTIL as wall time of the entry; nothing where it cannot be followed."""
    text = re.sub(r"\s+", "", text).upper().strip(";")
    if len(text) > RULE_LONGEST or not re.fullmatch(r"[A-Z0-9=;,+\-:]+", text):
        return ""
    until = _UNTIL.search(text)
    if until is None:
        return text
    try:
        moment = moment_of(Line("UNTIL", {}, until[1]), zones)
    except BadTime:
        return ""
    wall = moment.wall if moment.is_day or moment.is_floating else moment.told_in(entry.tz)
    if moment.is_day and not entry.is_all_day:
        wall = wall.replace(hour=23, minute=59)
    elif entry.is_all_day:
        wall = wall.replace(hour=0, minute=0, second=0)
    return _UNTIL.sub(f"UNTIL={wall:%Y%m%dT%H%M%S}", text, count=1)


def _dates(
    part: Component, name: str, entry: ForeignEntry, zones: Zones, remarks: list[Remark]
) -> tuple[datetime, ...]:
    found: list[datetime] = []
    for line in part.every(name):
        try:
            found += [_wall_in_series(moment, entry) for moment in moments_of(line, zones)]
        except BadTime:
            remarks.append(Remark("entry.bad_date", N_("One of its dates cannot be read.")))
    if len(found) > MOST_DATES:
        remarks.append(Remark("entry.many_dates", N_("It has more than %(most)s dates."), {"most": MOST_DATES}))
    return tuple(dict.fromkeys(found[:MOST_DATES]))


def _wall_in_series(moment: Moment, entry: ForeignEntry) -> datetime:
    if entry.is_all_day:
        return moment.wall.replace(hour=0, minute=0, second=0)
    if moment.is_day:  # a day alone means that day's date of the series
        return datetime.combine(moment.wall.date(), entry.starts_wall.time())
    return moment.wall if moment.is_floating else moment.told_in(entry.tz)


def _changed(entry: ForeignEntry, line: Line, zones: Zones) -> ForeignEntry:
    try:
        moment = moment_of(line, zones)
    except BadTime as fault:
        raise _Left("bad_recurrence", N_("Which date of the series it changes cannot be read.")) from fault
    remarks = list(entry.remarks)
    if "RANGE" in line.parameters:
        text = N_("It changes this date and all later ones; only this one was changed.")
        remarks.append(Remark("entry.range", text))
    return replace(entry, recurrence_wall=_wall_in_series(moment, entry), remarks=tuple(remarks))


def _number(line: Line | None) -> int:
    return int(line.value.strip()) if line and _DIGITS.fullmatch(line.value.strip()) else 0


def _instant(part: Component, zones: Zones) -> datetime | None:
    for name in ("LAST-MODIFIED", "DTSTAMP"):
        if line := part.first(name):
            try:
                return moment_of(line, zones).told_in("UTC").replace(tzinfo=UTC)
            except (BadTime, OverflowError):
                continue
    return None


def _description(part: Component) -> str:
    for name in ("DESCRIPTION", "STYLED-DESCRIPTION", "X-ALT-DESC"):
        line = part.first(name)
        if line and (text := prose(line.text())):
            return text[:LONGEST_TEXT]
    return ""


def _line(part: Component, name: str) -> str:
    line = part.first(name)
    return one_line(line.text())[:1000] if line else ""


def _url(part: Component) -> str:
    line = part.first("URL")
    return safe_url(line.value) if line else ""


def _online(part: Component) -> str:
    """The address of the online room, where the entry names one as such."""
    for name in (
        "CONFERENCE",
        "X-GOOGLE-CONFERENCE",
        "X-MICROSOFT-SKYPETEAMSMEETINGURL",
        "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
    ):
        line = part.first(name)
        if line and (url := safe_url(line.value)):
            return url
    line = part.first("LOCATION")
    return safe_url(one_line(line.text())) if line else ""


def _language(part: Component) -> str:
    line = part.first("SUMMARY")
    return line.parameters.get("LANGUAGE", "").partition("-")[0].lower()[:8] if line else ""


def _word(part: Component, name: str, known: frozenset[str]) -> str:
    line = part.first(name)
    word = line.value.strip().upper() if line else ""
    return word if word in known else ""


def _categories(part: Component) -> tuple[str, ...]:
    names = (
        one_line(replace(line, value=value).text())[:100]
        for line in part.every("CATEGORIES")
        for value in re.split(r"(?<!\\),", line.value)[:50]
    )
    return tuple(dict.fromkeys(name for name in names if name))[:50]


def _geo(part: Component) -> tuple[float, float] | None:
    line = part.first("GEO")
    found = (
        re.fullmatch(r"\s*(-?\d{1,3}(?:\.\d{1,15})?)\s*[;,\\]+\s*(-?\d{1,3}(?:\.\d{1,15})?)\s*", line.value)
        if line
        else None
    )
    if found is None:
        return None
    lat, lon = float(found[1]), float(found[2])
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0.0, 0.0) else None
