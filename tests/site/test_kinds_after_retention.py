"""What people told events of all kinds is gone, or can never be read again, once its day has come."""

import re
from datetime import timedelta
from pathlib import Path

from flask import Flask

from cag_events import clock, retention
from cag_events.db import Base, db
from cag_events.events.extensions import every_extension
from cag_events.outbox.models import Message
from cag_events.roleplays.models import Brief
from cag_events.talks.models import DialIn, Recording
from tests.conftest import NOW
from tests.site.kinds_world import make_world

PEOPLE = (  # those who came, asked, wrote or agreed; those in front are the organisation's contacts, and stay
    *("zqnora", "zqorg", "zqneeds", "zqwait", "zqasker", "zqquestion", "zqviewer", "zqguest", "zqidname"),
    *("zqregistered", "zqcalled", "zqtopic", "zqproxy", "zqwithheld", "zqnwithheld", "zqpanel", "zqnpanel"),
    *("zqauthor", "zquncleared", "zqnuncleared", "zqseated", "zqtablewriter", "zqherder", "zqradio", "zqteacher"),
    *("zqgroup", "zqguardian", "zqdebrief", "zqmember", "zqcircle", "zqapplicant", "zqmotivation", "zqdelegate"),
    *("zqdoorname", "zqlastname", "zqgrouper", "zqplainly", "zqhealth", "zqramp", "zqalong", "zqalongneeds"),
    *("zqcolleague", "zqqueued", "zqreason", "zqgiver", "zqtaker", "zqformer", "zqheir", "zqheirplain", "zqoffice"),
    *("zqmailofoffice", "zqinvitenote", "zqfreewords", "zqsubject", "zqlisted", "zqcode", "zqlabel", "zqphone"),
)
KEPT = {  # sealed with the ring, and of nobody who came: briefs, a room's number, a recording, mails that never left
    *(Brief.__tablename__, DialIn.__tablename__, Recording.__tablename__, Message.__tablename__, "event"),
}


def test_nothing_of_those_who_came_can_be_read_when_its_day_has_come(app: Flask, tmp_path: Path) -> None:
    make_world(app)
    with app.app_context():
        assert _readable("zqnora") > 0
        before = _sealed()

        with clock.fixed(NOW + timedelta(days=400)):
            for one in every_extension():
                one.timed(clock.now())  # sends what is held, which is for ten minutes
            faults = retention.run(tmp_path).faults
            for one in every_extension():
                one.timed(clock.now())

        db.session.expire_all()
        assert faults == 0
        assert {"registration", "submission", "speaking_slot", "audience_question", "role_player"} <= before
        assert _sealed() <= KEPT
        assert {word: _readable(word) for word in PEOPLE if _readable(word)} == {}
        assert _readable("zqnpublic") > 0  # who wrote it said that everybody may read it
        assert [one.room for one in every_extension() if one.holding()] == []


def _tables() -> dict[str, list[dict[str, object]]]:
    tables = db.metadata.sorted_tables
    return {table.name: [dict(row) for row in db.session.execute(table.select()).mappings()] for table in tables}


def _sealed() -> set[str]:
    """The tables in which something sealed stands."""
    return {
        name
        for name, rows in _tables().items()
        if any(column.endswith("_sealed") and value is not None for row in rows for column, value in row.items())
    }


def _readable(word: str) -> int:
    """How many fields say a word: columns as they are, and what is sealed with a key that there is still."""
    said = re.compile(rf"{word}(?![a-z])", re.IGNORECASE).search
    found = sum(said(str(row)) is not None for rows in _tables().values() for row in rows)
    for mapper in Base.registry.mappers:
        names = [name.removesuffix("_sealed") for name in mapper.columns.keys() if name.endswith("_sealed")]  # noqa: SIM118
        if names and mapper.local_table.name not in KEPT:
            rows = db.session.scalars(db.select(mapper.class_))
            found += sum(said(str(getattr(row, name))) is not None for row in rows for name in names)
    return found
