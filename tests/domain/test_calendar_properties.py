"""Whatever people type, the calendar holds: lines, escapes and times survive a reader that did not write them."""

import unicodedata
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import vobject
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cag_events.domain import when
from cag_events.domain.calendar import Attendee, Header, Organizer, calendar, clean_text, vevent
from tests.calendars import read_block, read_strictly, read_vobject
from tests.domain.entries import in_calendar, make_entry

# All of Unicode, with what breaks calendars made likely.
TROUBLE = st.sampled_from(
    ["\r\n", "\n", "\r", "\\", "\\n", "\\N", ";", ",", ":", '"', "^", "^n", "^'", "å", "𝄞", "\u2028"]
)
TEXT = st.lists(st.one_of(TROUBLE, st.text(max_size=20)), max_size=12).map("".join)
WALLS = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2037, 12, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)
ZONES = st.sampled_from(
    ["Europe/Stockholm", "Asia/Almaty", "Asia/Bishkek", "America/New_York", "Africa/Cairo", "Asia/Gaza"]
)


@given(summary=TEXT, description=st.lists(TEXT, max_size=3), location=TEXT, categories=st.lists(TEXT, max_size=3))
def test_any_text_returns_from_vobject_as_it_was_cleaned(summary, description, location, categories):
    entry = make_entry(summary=summary, description=tuple(description), location=location, categories=tuple(categories))
    octets = in_calendar(entry)
    event = vobject.readOne(octets.decode()).vevent

    def read(name):
        return event.contents[name][0].value if name in event.contents else ""

    assert read("summary") == clean_text(summary, single_line=True)
    assert read("description") == clean_text("\n".join(description))
    assert read("location") == clean_text(location, single_line=True)
    cleaned = [clean_text(category, single_line=True) for category in categories]
    assert read("categories") == ([category for category in cleaned if category] or "")


@given(summary=TEXT, description=TEXT, label=TEXT, name=TEXT)
def test_any_text_makes_lines_that_a_strict_reader_takes(summary, description, label, name):
    entry = make_entry(
        summary=summary,
        description=(description,),
        conference_url="https://example.org/j",
        conference_label=label,
        organizer=Organizer(name, "events@example.org"),
        alarm_minutes=(10,),
    )
    block = read_block(vevent(entry))

    assert block.one("ORGANIZER").parameters["CN"] == clean_text(name, single_line=True)
    assert block.one("CONFERENCE").parameters.get("LABEL", "") == clean_text(label, single_line=True)
    assert [line.text for line in block.all("DESCRIPTION")] == [text for text in [clean_text(description)] if text]


@given(name=TEXT, description=TEXT, organisation=TEXT)
def test_any_text_in_a_header_makes_lines_that_a_strict_reader_takes(name, description, organisation):
    read = read_strictly(calendar(Header(organisation=organisation, name=name, description=description), [], {}))

    assert [line.text for line in read.all("NAME")] == [line.text for line in read.all("X-WR-CALNAME")]
    assert read.one("PRODID").text.count("//") == 3


@given(mail=TEXT)
def test_any_mailbox_stays_within_its_line(mail):
    line = read_block(vevent(make_entry(attendee=Attendee(mail)))).one("ATTENDEE")

    assert line.value.startswith("mailto:")
    assert line.value.isascii()


@given(text=TEXT)
def test_any_text_is_composed_and_free_of_controls(text):
    cleaned = clean_text(text)

    assert unicodedata.is_normalized("NFC", cleaned)
    assert {char for char in cleaned if unicodedata.category(char) in {"Cc", "Zl", "Zp"}} <= {"\n"}


@settings(max_examples=150)
@given(start=WALLS, length=st.timedeltas(timedelta(minutes=1), timedelta(days=9)), tz=ZONES)
def test_any_wall_time_is_the_same_instant_to_vobject(start, length, tz):
    length -= timedelta(microseconds=length.microseconds)
    end = start + length
    assume(not any(when.is_doubled(wall, tz) for wall in (start, end)))
    instants = tuple(wall.replace(tzinfo=ZoneInfo(tz)).astimezone(UTC) for wall in (start, end))
    assume(instants[0] < instants[1])
    entry = make_entry(start=start, end=end, tz=tz)

    assert read_vobject(in_calendar(entry)) == {entry.uid: instants}


@given(text=TEXT)
def test_the_same_text_makes_the_same_octets(text):
    assert vevent(make_entry(summary=text)) == vevent(make_entry(summary=text))
