"""Finds events by words: one text per level of disclosure, so that no hit can prove a hidden word.

Behind one function lie FTS5 on SQLite and a GIN index on PostgreSQL. We cut texts into words ourselves, so that both
find the same: every word of the question must begin a word of the event. Each word is kept four times, with a letter
before it that says how: folded or as written, in the title or anywhere; so exact words come before folded ones.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, cast, column, delete, insert, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY

from cag_events import clock
from cag_events.db import db
from cag_events.domain.disclosure import Viewer, disclose
from cag_events.domain.event import Circle, EventRecord, EventView, Visibility
from cag_events.domain.lifecycle import SHOWN
from cag_events.domain.texts import Texts, fold
from cag_events.events import records
from cag_events.events.models import Event, EventRecordRow, KindWords
from cag_events.permissions import Actor, Permission, may

CHUNK: Final = 500
MOST_WORDS: Final = 8  # of a question
LONGEST_WORD: Final = 40
LEVELS: Final = (Circle.PUBLIC, Circle.MEMBERS, Circle.TEAM)
_WORD: Final = re.compile(r"[^\W_]+")
_APOSTROPHES: Final = re.compile("(?<=\\w)['’‘ʻʼ`´](?=\\w)")  # women's; Uzbek o‘, gʻ
_IN_TITLE_AS_WRITTEN, _AS_WRITTEN, _IN_TITLE, _ANYWHERE = "tuvw"


def words_of(words: str) -> list[str]:
    """Return the words that a search looks for, as written but in lower case; none in a text without letters."""
    return list(dict.fromkeys(_cut(words)))[:MOST_WORDS]


def matching(words: str, actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Event for what an actor may find by these words; narrows visible_to() alone."""
    return Event.id.in_(_found(_ANYWHERE, [fold(word) for word in words_of(words)], level_of(actor)))


def best_first(words: str, actor: Actor) -> ColumnElement[int]:
    """Return what to order by: first those with the exact words in the title, then exact, then folded in the title."""
    exact, level = words_of(words), level_of(actor)
    folded = [fold(word) for word in exact]
    return case(
        (Event.id.in_(_found(_IN_TITLE_AS_WRITTEN, exact, level)), 0),
        (Event.id.in_(_found(_AS_WRITTEN, exact, level)), 1),
        (Event.id.in_(_found(_IN_TITLE, folded, level)), 2),
        else_=3,
    )


def level_of(actor: Actor) -> Circle:
    """Return whose index an actor searches."""
    if may(actor, Permission.EVENT_SEE):
        return Circle.TEAM
    return Circle.MEMBERS if may(actor, Permission.MEMBERS_SEE) else Circle.PUBLIC


def index(event_ids: Sequence[int]) -> None:
    """Write the search texts of these events anew, within the writing unit; forgets those that are gone."""
    kinds = {row.key: (row.name, row.plural) for row in db.session.execute(_KIND_WORDS)}
    for start in range(0, len(event_ids), CHUNK):
        chunk = list(event_ids[start : start + CHUNK])
        bodies = db.session.scalars(select(EventRecordRow.body).where(EventRecordRow.event_id.in_(chunk)))
        found = [(record, _texts_by_level(record, kinds)) for record in map(records.decode, bodies)]
        for level in LEVELS:
            name, id_name = f"search_{level.value}", _id_name()
            there = table(name, column(id_name), column("words"))
            db.session.execute(delete(there).where(there.c[id_name].in_(chunk)))
            rows = [{id_name: record.id, "words": texts[level]} for record, texts in found if level in texts]
            if rows:
                db.session.execute(insert(there), rows)


_KIND_WORDS: Final = select(KindWords.key, KindWords.name, KindWords.plural)


def _id_name() -> str:
    return "rowid" if db.engine.dialect.name == "sqlite" else "event_id"


def _found(mark: str, words: Iterable[str], level: Circle) -> Select[Any]:
    """Return the ids of the events in a level's index that have a word with this mark beginning with each word."""
    name = f"search_{level.value}"
    if db.engine.dialect.name == "sqlite":
        question = " AND ".join(f'"{mark}{word}" *' for word in words)
        matches = literal_column(name).op("MATCH", is_comparison=True)(question)
        return select(literal_column("rowid")).select_from(table(name)).where(matches)
    question = " & ".join(f"'{mark}{word}':*" for word in words)
    lexemes: ColumnElement[Any] = literal_column(
        "array_to_tsvector(string_to_array(words, ' '))"
    )  # as the index has it
    matches = lexemes.op("@@", is_comparison=True)(cast(question, TSQUERY))
    return select(literal_column("event_id")).select_from(table(name)).where(matches)


def _texts_by_level(record: EventRecord, kinds: dict[str, tuple[Texts, Texts]]) -> dict[Circle, str]:
    """Return the search text for each level whose lists show the event."""
    at = clock.now()
    texts = {Circle.TEAM: _marked(disclose(record, Viewer(circle=Circle.TEAM), at), kinds)}
    if record.status in SHOWN and record.visibility in (Visibility.PUBLIC, Visibility.MEMBERS):
        texts[Circle.MEMBERS] = _marked(disclose(record, Viewer(circle=Circle.MEMBERS), at), kinds)
        if record.visibility is Visibility.PUBLIC:
            texts[Circle.PUBLIC] = _marked(disclose(record, Viewer(), at), kinds)
    return texts


def _marked(view: EventView, kinds: dict[str, tuple[Texts, Texts]]) -> str:
    """Return all words of a view, each with its marks, a space between."""
    title = {word for part in _title(view) for word in _cut(part)}
    rest = {word for part in _rest(view, kinds) for word in _cut(part)}
    marked = {mark + word for mark in (_IN_TITLE_AS_WRITTEN, _AS_WRITTEN) for word in title}
    marked |= {mark + _folded(word) for mark in (_IN_TITLE, _ANYWHERE) for word in title}
    marked |= {_AS_WRITTEN + word for word in rest} | {_ANYWHERE + _folded(word) for word in rest}
    return " ".join(sorted(marked))


def _title(view: EventView) -> Iterator[str]:
    yield from view.title.values()
    for occurrence in view.occurrences:
        yield from occurrence.title.values()


def _rest(view: EventView, kinds: dict[str, tuple[Texts, Texts]]) -> Iterator[str]:
    for texts in (view.summary, view.body, *kinds.get(view.kind, ())):
        yield from texts.values()
    for theme in (*view.themes, *view.subtopics):
        yield from theme.name.values()
    for named in (*view.segments, *view.partners):
        yield from named.name.values()
    if view.campaign is not None:
        yield from view.campaign.name.values()
    for person in view.people:
        yield from (person.name, person.name_local, *person.title.values())
    for item in view.agenda:
        yield from item.title.values()
    if view.venue is not None:
        yield from (view.venue.name_local, view.venue.street, view.venue.city)
        yield from (*view.venue.name.values(), *view.venue.city_names.values())
    if view.room is not None:
        yield view.room.name
    yield from (view.key if view.circle is Circle.TEAM else "", view.lead)


def _cut(words: str) -> Iterator[str]:
    """Yield the words of a text in lower case, composed."""
    plain = _APOSTROPHES.sub("", unicodedata.normalize("NFC", words).casefold())
    for word in _WORD.findall(plain):
        yield word[:LONGEST_WORD]


@lru_cache(maxsize=20_000)
def _folded(word: str) -> str:
    return fold(word)
