"""What changed in a programme, in words: for the public page, the organizer's preview and mails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from flask_babel import gettext as _

from cag_events.conferences.items import with_named
from cag_events.conferences.queries import Version
from cag_events.domain.event import EventRecord
from cag_events.domain.programme import Change, What, changes
from cag_events.domain.texts import Picked, Texts, pick
from cag_events.kinds.conference import Item, occurrence_of
from cag_events.web import dates
from cag_events.web.language import current_language


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that is different: its name, what it was and what it is now; each may be empty."""

    label: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What became of one item: a word for it, its title, the facts. `tone` names the word's colour."""

    key: str
    word: str
    tone: str
    title: Picked
    facts: tuple[Fact, ...]


@dataclass(frozen=True, kw_only=True)
class ToldVersion:
    """A published version with what it changed."""

    number: int
    published_at: datetime
    note: Texts
    changes: tuple[Told, ...]
    is_first: bool = False


def told_of(versions: Sequence[Version], view: EventRecord) -> list[ToldVersion]:
    """Return versions, the newest first as given, each with what it changed from the one before."""
    found = []
    for number, version in enumerate(versions):
        before = versions[number + 1] if number + 1 < len(versions) else None
        found.append(
            ToldVersion(
                number=version.number,
                published_at=version.published_at,
                note=version.note,
                changes=tuple(tell_all(before.items, version.items, view)) if before else (),
                is_first=before is None,
            )
        )
    return found


def tell_all(before: Sequence[Item], after: Sequence[Item], view: EventRecord) -> list[Told]:
    """Return what changed between two programmes, naming nobody and no room that the view does not."""
    found = changes(with_named(before, view), with_named(after, view))
    return [told for change in found if (told := tell(change, view)) is not None]


def tell(change: Change[Item], view: EventRecord) -> Told | None:
    """Return one change in words; None where a reader of this view would see no difference."""
    word, tone = _word(change)
    facts = tuple(_facts(change, view))
    quiet = {What.ROOM, What.PEOPLE}
    if not facts and set(change.what) <= quiet:
        return None
    return Told(key=change.key, word=word, tone=tone, title=pick(change.item.title, current_language()), facts=facts)


def _word(change: Change[Item]) -> tuple[str, str]:
    words = {
        What.ADDED: (_("New"), "ok"),
        What.REMOVED: (_("No longer in the programme"), "error"),
        What.CANCELLED: (_("Cancelled"), "error"),
        What.RESTORED: (_("Takes place after all"), "ok"),
        What.MOVED: (_("Moved"), "warn"),
        What.ROOM: (_("Another room"), "warn"),
        What.PEOPLE: (_("Other people"), "accent"),
        What.TITLE: (_("Another title"), "accent"),
        What.OTHER: (_("Details changed"), "accent"),
    }
    return words[change.what[0]]


def _facts(change: Change[Item], view: EventRecord) -> list[Fact]:
    before, after = change.before, change.after
    facts: list[Fact] = []
    if before is None or after is None:
        item = change.item
        when, room = when_of(item, view), room_of(item, view)
        text = " · ".join(part for part in (when, room) if part)
        if text:
            facts.append(Fact(label=_("When"), before=text if after is None else "", after=text if after else ""))
        return facts
    if What.MOVED in change.what:
        facts.append(Fact(label=_("When"), before=when_of(before, view), after=when_of(after, view)))
    if What.ROOM in change.what:
        old, new = room_of(before, view), room_of(after, view)
        if old or new:
            facts.append(Fact(label=_("Room"), before=old, after=new))
    if What.PEOPLE in change.what:
        facts.append(Fact(label=_("Who"), before=people_of(before, view), after=people_of(after, view)))
    if What.TITLE in change.what:
        lang = current_language()
        facts.append(Fact(label=_("Title"), before=pick(before.title, lang).text, after=pick(after.title, lang).text))
    if note := pick(after.note, current_language()).text:
        facts.append(Fact(label=_("Note"), after=note))
    return [fact for fact in facts if fact.before != fact.after]


def when_of(item: Item, view: EventRecord) -> str:
    """Return when an item is, in words: lör 28 nov 10.00–11.00; the times alone where its day is gone."""
    if not item.start or not item.end:
        return ""
    part = occurrence_of(item.occurrence, view)
    starts, ends = (time.fromisoformat(text) for text in (item.start, item.end))
    clocks = f"{dates.clock_text(starts)}–{dates.clock_text(ends)}"
    if part is None:
        return clocks
    return f"{dates.day_text(part.starts_wall.date(), year=False)} {clocks}"


def room_of(item: Item, view: EventRecord) -> str:
    """Return the name of an item's room, where it may be known."""
    return view.venue.rooms.get(item.room, "") if view.venue else ""


def people_of(item: Item, view: EventRecord) -> str:
    """Return the people of an item whom the view names."""
    return ", ".join(dict.fromkeys(person.name for person in view.people if person.key in item.who))
