"""Compares a foreign calendar with what is here: what would be made, changed, left, and why. Writes nothing."""

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from cag_events.domain.errors import N_
from cag_events.domain.lifecycle import Status
from cag_events.domain.texts import pick
from cag_events.events.drafts import fields_of
from cag_events.events.fields import EventFields
from cag_events.events.models import Event
from cag_events.imports.dating import NotTaken
from cag_events.imports.foreign import ForeignCalendar, ForeignEntry, Left, Remark
from cag_events.imports.merging import FIELDS, ours, theirs, values_of, wished
from cag_events.imports.models import ImportedEntry
from cag_events.imports.queries import Identity, events_of, gone_from, own_uids, taken_before
from cag_events.imports.wishes import Surroundings, Wish, wish_of

_PRIVATE: Final = frozenset({"PRIVATE", "CONFIDENTIAL"})
_CUT: Final = frozenset({"file.long", "file.many"})  # what is missing there may stand in the part that was not read
MOST_SECONDS: Final = 15.0  # of laying the series of a file; what has its own dates alone is always looked at


class Action(StrEnum):
    """What an import would do with an entry, or did."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    CANCELLED = "cancelled"  # there; here only if asked
    GONE = "gone"  # from the file; nothing is done
    LEFT = "left"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field that the file says otherwise than before. `is_taken`: not where it was changed here since."""

    name: str
    label: str
    is_taken: bool
    before: Any = None  # as merging.values_of() has it
    after: Any = None


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What would become of one entry: an event of its own, with all the dates of its series."""

    key: str = ""  # names it in a form
    identity: Identity = ("", "")
    title: str
    action: Action
    wish: Wish | None = None
    entry: ForeignEntry | None = None
    changed: tuple[ForeignEntry, ...] = ()
    event_id: int | None = None
    event_key: str = ""
    differences: tuple[Difference, ...] = ()
    remarks: tuple[Remark, ...] = ()
    may_choose: bool = False
    is_chosen: bool = False  # unless somebody chooses otherwise


@dataclass(frozen=True)
class Plan:
    """What would become of a file."""

    name: str = ""
    proposals: tuple[Proposal, ...] = ()
    remarks: tuple[Remark, ...] = ()
    counts: dict[Action, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Group:
    entry: ForeignEntry
    changed: tuple[ForeignEntry, ...] = ()

    @property
    def identity(self) -> Identity:
        """By what it is known again."""
        recurrence = self.entry.recurrence_wall
        return self.entry.uid, f"{recurrence:%Y-%m-%dT%H:%M}" if recurrence else ""


def plan_import(calendar: ForeignCalendar, around: Surroundings, source_index: bytes, now: datetime) -> Plan:
    """Return what would become of a calendar; reads, and writes nothing."""
    around = replace(around, home=calendar.tz)
    groups = list(_groups(calendar.entries))
    mine = own_uids(group.entry.uid for group in groups)
    known = taken_before(identity for group in groups for identity in {group.identity, (group.entry.uid, "")})
    events = events_of(known.values())
    proposals, deadline = [], time.monotonic() + MOST_SECONDS
    for group in groups:
        row = known.get(group.identity)
        event = events.get(row.event_id or 0) if row else None
        series = known.get((group.entry.uid, ""))
        whole = events.get(series.event_id or 0) if series and group.entry.recurrence_wall else None
        if group.entry.uid in mine:
            proposal = _own(group, mine[group.entry.uid])
        elif group.entry.repeats and time.monotonic() > deadline:
            proposal = _late(group)
        elif row is None and whole is not None:
            proposal = _of_series(group, whole)
        elif row is not None and event is not None:
            proposal = _known(group, row, event, around, now)
        else:
            proposal = _new(group, around, now, was_deleted=row is not None)
        proposals.append(replace(proposal, key=_key(group.identity), identity=group.identity))
    present = {identity for group in groups for identity in (group.identity, (group.entry.uid, ""))}
    is_whole = not any(remark.code in _CUT for remark in calendar.remarks)
    gone = gone_from(source_index, present, now) if is_whole else []
    proposals += [_gone(event, around.lang) for _, event in gone]
    proposals += [_left(left) for left in calendar.left]
    counts = {action: sum(one.action is action for one in proposals) for action in Action}
    return Plan(
        calendar.name, tuple(proposals), calendar.remarks, {name: count for name, count in counts.items() if count}
    )


def _groups(entries: Iterable[ForeignEntry]) -> Iterable[_Group]:
    """Put the changed dates of a series with it; one whose series is not in the file stands alone."""
    entries = list(entries)
    masters = {entry.uid for entry in entries if entry.recurrence_wall is None}
    changed: dict[str, list[ForeignEntry]] = {}
    for entry in entries:
        if entry.recurrence_wall is not None and entry.uid in masters:
            changed.setdefault(entry.uid, []).append(entry)
    for entry in entries:
        if entry.recurrence_wall is None:
            yield _Group(entry=entry, changed=tuple(changed.get(entry.uid, ())))
        elif entry.uid not in masters:
            yield _Group(entry=entry)


def _key(identity: Identity) -> str:
    return hashlib.sha256("\0".join(identity).encode()).hexdigest()[:20]


def _left(left: Left) -> Proposal:
    return Proposal(title=left.title, action=Action.LEFT, remarks=(left.remark,))


def _own(group: _Group, event_key: str) -> Proposal:
    remark = Remark("entry.own", N_("It comes from here: it is an event of ours already."))
    return Proposal(title=group.entry.summary, action=Action.SAME, event_key=event_key, remarks=(remark,))


def _late(group: _Group) -> Proposal:
    remark = Remark("entry.late", N_("There are too many long series in the file. Bring a part of it."))
    return Proposal(title=group.entry.summary, action=Action.LEFT, entry=group.entry, remarks=(remark,))


def _of_series(group: _Group, event: Event) -> Proposal:
    text = N_(
        "It changes one date of a series that was taken before. Change that date here, or bring the whole calendar."
    )
    remark = Remark("entry.of_series", text)
    entry = group.entry
    return Proposal(title=entry.summary, action=Action.LEFT, entry=entry, event_key=event.key, remarks=(remark,))


def _gone(event: Event, lang: str) -> Proposal:
    remark = Remark("entry.gone", N_("It is not in the file any more. The event stays; cancel it if that is meant."))
    return Proposal(
        title=pick(event.title, lang).text,
        action=Action.GONE,
        event_id=event.id,
        event_key=event.key,
        remarks=(remark,),
    )


def _new(group: _Group, around: Surroundings, now: datetime, *, was_deleted: bool) -> Proposal:
    entry = group.entry
    try:
        wish = wish_of(entry, group.changed, around, now)
    except NotTaken as reason:
        title, remarks = entry.summary or entry.location, (reason.remark, *entry.remarks)
        return Proposal(title=title, action=Action.LEFT, entry=entry, remarks=remarks)
    reasons = []
    if entry.status == "CANCELLED":
        reasons.append(Remark("entry.cancelled", N_("It is cancelled there.")))
    if entry.cls in _PRIVATE:
        reasons.append(Remark("entry.private", N_("It is marked as private there. Choose it if it may be taken.")))
    if wish.ends_at <= now:
        reasons.append(Remark("entry.over", N_("It is over. Choose it if it is to be taken all the same.")))
    if was_deleted:
        reasons.append(Remark("entry.deleted", N_("It was taken before and deleted here. Choose it to take it again.")))
    return Proposal(
        title=wish.title,
        action=Action.LEFT if reasons else Action.NEW,
        wish=wish,
        entry=entry,
        changed=group.changed,
        remarks=(*reasons, *wish.remarks),
        may_choose=entry.status != "CANCELLED",
        is_chosen=not reasons,
    )


def _known(group: _Group, row: ImportedEntry, event: Event, around: Surroundings, now: datetime) -> Proposal:
    entry = group.entry
    here = Proposal(title=entry.summary, action=Action.SAME, entry=entry, event_id=event.id, event_key=event.key)
    if event.status is Status.CANCELLED:
        return replace(here, remarks=(Remark("entry.cancelled_here", N_("The event is cancelled here.")),))
    if entry.status == "CANCELLED":
        text = N_("It is cancelled there. Choose it to cancel it here too: a draft is deleted, all others are told.")
        return replace(here, action=Action.CANCELLED, remarks=(Remark("entry.cancelled", text),), may_choose=True)
    said = theirs(entry, group.changed)
    if said == row.theirs:
        return here
    if entry.sequence < row.sequence:
        remark = Remark("entry.older", N_("It is older than what was taken before."))
        return replace(here, action=Action.LEFT, remarks=(remark,))
    try:
        wish = wish_of(entry, group.changed, replace(around, lang=row.lang), now, event.starts_at)
    except NotTaken as reason:
        return replace(here, action=Action.LEFT, remarks=(reason.remark,))
    wish = replace(wish, lang=row.lang)
    differences = tuple(_differences(row, said, event, wish))
    if not differences:
        return replace(here, wish=wish, changed=group.changed)
    taken = any(difference.is_taken for difference in differences)
    labels = [difference.name for difference in differences if not difference.is_taken]
    text = N_("Changed there and here; what was changed here stays: %(fields)s.")
    kept = (Remark("entry.edited", text, {"fields": labels}),) if labels else ()
    return replace(
        here,
        action=Action.CHANGED if taken else Action.LEFT,
        wish=wish,
        changed=group.changed,
        differences=differences,
        remarks=(*kept, *(wish.remarks if taken else ())),
        may_choose=taken,
        is_chosen=taken,
    )


def _differences(row: ImportedEntry, said: dict[str, str], event: Event, wish: Wish) -> Iterable[Difference]:
    """What the file says otherwise than before and is not so here already."""
    fields = fields_of(event)
    room = event.online_url
    now_here = ours(fields, row.lang, room)
    was_here = values_of(fields, row.lang, room)
    for name, label in FIELDS.items():
        if said[name] == row.theirs.get(name):
            continue
        wanted = _wanted(wish, fields, name, room)
        if wanted == was_here[name]:
            continue
        yield Difference(
            name=name,
            label=label,
            is_taken=now_here[name] == row.ours.get(name),
            before=was_here[name],
            after=wanted,
        )


def _wanted(wish: Wish, fields: EventFields, name: str, room: str | None) -> Any:
    if name == "online":
        return wish.online_url or room or ""
    return values_of(wished(wish, fields, name), wish.lang, room)[name]


def is_writable(proposal: Proposal) -> bool:
    """Tell whether choosing an entry would do something."""
    return proposal.may_choose and (proposal.wish is not None or proposal.action is Action.CANCELLED)
