"""Brings foreign calendars in: keeps a file to be looked at, takes what is chosen, undoes and forgets."""

import base64
import zlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, update

from cag_events import clock, keyring
from cag_events.db import count_rows_of, db, transaction
from cag_events.domain.calendar.text import clean_text
from cag_events.domain.errors import N_, Refused
from cag_events.domain.lifecycle import Status
from cag_events.events.drafts import fields_of
from cag_events.events.models import Event
from cag_events.events.queries import lock_event
from cag_events.events.services.lifecycle import cancel_event
from cag_events.events.services.planning import delete_draft, edit_event, plan_event
from cag_events.imports.apart import read_apart
from cag_events.imports.fetching import MOST_OCTETS, looks_like_calendar
from cag_events.imports.foreign import Remark
from cag_events.imports.merging import ours, room_of, theirs, wished
from cag_events.imports.models import CalendarImport, ImportedEntry
from cag_events.imports.plans import Action, Plan, Proposal, is_writable, plan_import
from cag_events.imports.queries import get_import, is_untouched, made_in, taken_before
from cag_events.imports.wishes import Surroundings
from cag_events.permissions import Actor, Permission, may, require

KEPT_UNSEEN: Final = timedelta(hours=24)  # a file that somebody looks at
KEPT_REPORT: Final = timedelta(days=30)
LONGEST_REPORT: Final = 15_000  # lines: all that a file may hold, and what is gone from it
Progress = Callable[[str, int, int], None]
Choice = Callable[[Proposal], bool]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one entry: what was done, with which event, and what is worth saying of it."""

    title: str
    action: str
    event_key: str = ""
    fields: tuple[str, ...] = ()  # that were changed
    remarks: tuple[dict[str, Any], ...] = ()  # code, text, facts


@dataclass(frozen=True)
class Report:
    """What became of a file, entry by entry; `counts` by action; `remarks` are of the file as a whole."""

    outcomes: tuple[Outcome, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()

    @classmethod
    def of(cls, outcomes: Iterable[Outcome], remarks: tuple[Remark, ...] = ()) -> "Report":
        """Return a report with its counts."""
        outcomes = tuple(outcomes)
        counts: dict[str, int] = {}
        for one in outcomes:
            counts[one.action] = counts.get(one.action, 0) + 1
        return cls(outcomes, counts, remarks)


def _silent(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def source_index(source: str) -> bytes:
    """Return by what another file from the same place is known: its address, or its name."""
    return keyring.blind_index(source, "calendar.source")


def place_of(source: str) -> str:
    """Return what tells that another file comes from the same place: an address as it is, of a path the last part."""
    return source.strip() if "://" in source else source.replace("\\", "/").rpartition("/")[2]


def keep_file(
    octets: bytes, *, source: str, place: str, lang: str, kind: str = "", theme: str = "", by: Actor
) -> CalendarImport:
    """Keep a calendar for a day, encrypted, so that it can be looked at before it is taken.

    `source`: what people call it; `place`: what tells that another one comes from there. Raises NotAllowed, Refused
    import.empty, .large, .no_calendar with field `file`.
    """
    if not octets:
        raise Refused("import.empty", N_("The file is empty."), field="file")
    if len(octets) > MOST_OCTETS:
        text = N_("The file is larger than %(size)s MB.")
        raise Refused("import.large", text, field="file", size=MOST_OCTETS // 1_000_000)
    if not looks_like_calendar(octets):
        text = N_("This is no calendar. Export one as iCalendar: its name ends in .ics.")
        raise Refused("import.no_calendar", text, field="file")
    with transaction():
        require(by, Permission.EVENT_EDIT)
        now = clock.now()
        row = CalendarImport(
            account_id=by.account_id,
            source=clean_text(source, single_line=True)[:200],
            source_index=source_index(place),
            kind=kind,
            theme=theme,
            lang=lang,
            made_at=now,
            expires_at=now + KEPT_UNSEEN,
        )
        row.file = base64.b64encode(zlib.compress(octets)).decode()
        db.session.add(row)
    return row


def file_of(row: CalendarImport) -> bytes:
    """Return the kept file. Raises Refused import.expired where it is not kept any more."""
    text = row.file
    if text is None or row.expires_at is None or row.expires_at <= clock.now():
        raise Refused("import.expired", N_("The file is kept for a day only. Bring it once more."))
    return zlib.decompress(base64.b64decode(text))


def choose_defaults(row_id: str, *, kind: str, theme: str, by: Actor) -> None:
    """Choose what entries get that say neither kind nor theme. Raises NotFound, NotAllowed."""
    with transaction():
        require(by, Permission.EVENT_EDIT)
        row = get_import(row_id, by)
        row.kind, row.theme = kind, theme


def take(
    octets: bytes,
    around: Surroundings,
    *,
    place: str,
    choose: Choice,
    progress: Progress = _silent,
    by: Actor,
) -> Report:
    """Take what is chosen of a calendar without looking at it: what the command does. Raises as `take_kept`."""
    index = source_index(place)
    calendar = read_apart(octets, home=around.home)  # takes its time: not while others wait to write
    with transaction():
        require(by, Permission.EVENT_EDIT)
        plan = plan_import(calendar, around, index, clock.now())
        chosen = {one.key for one in plan.proposals if is_writable(one) and choose(one)}
        return _take(plan, chosen, index, None, progress, by=by)


def take_kept(row_id: str, around: Surroundings, chosen: Collection[str], *, by: Actor) -> Report:
    """Take the chosen entries of a kept file, all in one unit; what the rules refuse is left, with the reason.

    The file stays until its day is over, for what else may be taken of it. Raises NotFound, NotAllowed, Refused
    import.expired, .none, .heavy, .busy.
    """
    calendar = read_apart(file_of(get_import(row_id, by)), home=around.home)
    with transaction():
        require(by, Permission.EVENT_EDIT)
        row = get_import(row_id, by)
        plan = plan_import(calendar, around, row.source_index, clock.now())
        wanted = {one.key for one in plan.proposals if is_writable(one)} & set(chosen)
        if not wanted:
            raise Refused("import.none", N_("Choose at least one entry."), field="chosen")
        report = _take(plan, wanted, row.source_index, row.id, _silent, by=by)
        row.done_at = clock.now()
        row.undone_at = None
        row.report = [asdict(one) for one in report.outcomes][:LONGEST_REPORT]
    return report


def _take(
    plan: Plan, chosen: Collection[str], index: bytes, import_id: int | None, progress: Progress, *, by: Actor
) -> Report:
    outcomes = []
    done = 0
    for proposal in plan.proposals:
        if proposal.key not in chosen:
            outcomes.append(outcome_of(proposal, is_taken=False))
            continue
        try:
            with transaction():
                outcomes.append(_write(proposal, index, import_id, by=by))
        except Refused as refused:
            remark = {"code": refused.code, "text": refused.text, "facts": _plain(refused.facts)}
            outcomes.append(Outcome(title=proposal.title, action=Action.LEFT, remarks=(remark,)))
        done += 1
        progress("entries", done, len(chosen))
    return Report.of(outcomes, plan.remarks)


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int | str | list) else str(value) for name, value in facts.items()}


def _remarks(proposal: Proposal) -> tuple[dict[str, Any], ...]:
    return tuple({"code": one.code, "text": one.text, "facts": _plain(one.facts)} for one in proposal.remarks)


def outcome_of(proposal: Proposal, *, is_taken: bool) -> Outcome:
    """Return what becomes of an entry that is taken, before it is, or that is not: what was new or changed is left."""
    left = not is_taken and proposal.action in (Action.NEW, Action.CHANGED)
    made = is_taken and proposal.action is Action.LEFT
    return Outcome(
        title=proposal.title,
        action=Action.LEFT if left else (Action.NEW if made else proposal.action),
        event_key=proposal.event_key,
        fields=tuple(one.name for one in proposal.differences if one.is_taken) if is_taken else (),
        remarks=_remarks(proposal),
    )


def _write(proposal: Proposal, index: bytes, import_id: int | None, *, by: Actor) -> Outcome:
    if proposal.action is Action.CANCELLED:
        return _cancel(proposal, by=by)
    if proposal.event_id is None:
        return _make(proposal, index, import_id, by=by)
    return _change(proposal, index, by=by)


def _make(proposal: Proposal, index: bytes, import_id: int | None, *, by: Actor) -> Outcome:
    wish, entry = proposal.wish, proposal.entry
    assert wish is not None
    assert entry is not None
    event = plan_event(wish.fields(), online_url=room_of(wish), by=by)
    row = taken_before([proposal.identity]).get(proposal.identity)
    if row is None:
        row = ImportedEntry(uid=proposal.identity[0], recurrence=proposal.identity[1], source_index=index)
        db.session.add(row)
    row.event_id, row.made_in, row.made_version = event.id, import_id, event.version
    _keep(row, proposal, event, index, wish.lang)
    return Outcome(title=proposal.title, action=Action.NEW, event_key=event.key, remarks=_remarks(proposal))


def _change(proposal: Proposal, index: bytes, *, by: Actor) -> Outcome:
    wish, row = proposal.wish, taken_before([proposal.identity])[proposal.identity]
    assert wish is not None
    event = lock_event(proposal.event_id or 0)
    before = fields_of(event)
    names = tuple(one.name for one in proposal.differences if one.is_taken)
    fields = before
    for name in names:
        fields = wished(wish, fields, name)
    was = dict(row.ours)
    here_before = ours(before, row.lang, event.online_url)
    room = room_of(wish) if "online" in names else None
    is_untouched_so_far = is_untouched(row, event)
    event = edit_event(event.id, fields, version=event.version, online_url=room, by=by)
    if is_untouched_so_far:
        row.made_version = event.version
    _keep(row, proposal, event, index, row.lang)
    # What was changed here stays ours: it is not taken for what the file said.
    edited = {name: was[name] for name in was if here_before[name] != was[name] and name not in names}
    row.ours = {**row.ours, **edited}
    return Outcome(
        title=proposal.title, action=Action.CHANGED, event_key=event.key, fields=names, remarks=_remarks(proposal)
    )


def _keep(row: ImportedEntry, proposal: Proposal, event: Event, index: bytes, lang: str) -> None:
    assert proposal.entry is not None
    row.source_index, row.lang, row.sequence = index, lang, proposal.entry.sequence
    row.theirs = theirs(proposal.entry, proposal.changed)
    row.ours = ours(fields_of(event), lang, event.online_url)
    row.taken_at = clock.now()
    db.session.flush()


def _cancel(proposal: Proposal, *, by: Actor) -> Outcome:
    event = lock_event(proposal.event_id or 0)
    if event.status is Status.DRAFT:
        delete_draft(event.id, version=event.version, by=by)
        return Outcome(title=proposal.title, action=Action.CANCELLED)
    if not may(by, Permission.EVENT_PUBLISH):
        raise Refused("event.needs_publisher", N_("The event is public. Ask somebody who may publish to cancel it."))
    cancel_event(event.id, {}, version=event.version, by=by)
    return Outcome(title=proposal.title, action=Action.CANCELLED, event_key=event.key)


def undo(row_id: str, *, by: Actor) -> int:
    """Delete the drafts that an import made and nobody has touched since; return how many.

    Their entries are forgotten, so that the file can be taken again. Raises NotFound, NotAllowed.
    """
    with transaction():
        require(by, Permission.EVENT_EDIT)
        found = get_import(row_id, by)
        count = 0
        for row, made in made_in(found.id):
            event = lock_event(made.id)
            if is_untouched(row, event):
                db.session.delete(row)
                db.session.flush()
                delete_draft(event.id, version=event.version, by=by)
                count += 1
        found.undone_at = clock.now()
    return count


def sweep_imports() -> int:
    """Delete files whose day is over and reports that are old; return how many rows went or lost their file."""
    now = clock.now()
    with transaction():
        over = CalendarImport.expires_at <= now
        files = update(CalendarImport).where(over, CalendarImport.file_sealed.is_not(None))
        count = count_rows_of(files.values(file_sealed=None, expires_at=None))
        unseen = CalendarImport.done_at.is_(None) & CalendarImport.file_sealed.is_(None)
        old = delete(CalendarImport).where(unseen | (CalendarImport.made_at <= now - KEPT_REPORT))
        return count + count_rows_of(old)
