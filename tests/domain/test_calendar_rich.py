"""The richer part of an entry (RFC 9073, 9253): each line of it, and that other entries have none of it."""

import icalendar
import pytest

from cag_events.domain.calendar import cancelled, fingerprint, vevent, withdrawn
from cag_events.domain.calendar.rich import Participant, Place, Rich
from tests.calendars import read_block, read_ical_js, read_vobject
from tests.domain.entries import in_calendar, make_entry

RICH = Rich(
    html='<p>Hi; there,\n<a href="https://example.org/">all</a></p>',
    language="sv",
    participants=(
        Participant(uid="p-1", name="Ada; Test", about="Hydrologist, Tashkent"),
        Participant(uid="p-2", name="Bo", kind="ACTIVE"),
    ),
    place=Place(uid="v-1", name="The House", geo="59.33;18.0649", address=(("streetAddress", "Gatan 1"),)),
    pages=(("alternate", 'A "talk": more', "https://example.org/sv/events/talk"),),
    concepts=("https://example.org/sv/themes/environment",),
    refids=("environment", "16-days"),
)


def test_rich_entry_says_each_part_in_its_own_line():
    block = read_block(vevent(make_entry(description=("Plain",), rich=RICH)))

    styled, link = block.one("STYLED-DESCRIPTION"), block.one("LINK")
    assert (styled.text, styled.parameters) == (
        RICH.html,
        {"VALUE": "TEXT", "FMTTYPE": "text/html", "LANGUAGE": "sv"},
    )
    assert block.one("DESCRIPTION").parameters == {"DERIVED": "TRUE"}
    assert (link.value, link.parameters["LINKREL"], link.parameters["LABEL"]) == (
        "https://example.org/sv/events/talk",
        "alternate",
        'A "talk": more',
    )
    assert [line.text for line in block.all("REFID")] == ["environment", "16-days"]
    assert block.one("CONCEPT").value == "https://example.org/sv/themes/environment"


def test_rich_entry_has_people_and_place_as_parts_after_its_alarms():
    block = read_block(vevent(make_entry(alarm_minutes=(15,), rich=RICH)))

    assert [part.name for part in block.parts] == ["VALARM", "PARTICIPANT", "PARTICIPANT", "VLOCATION"]
    ada, bo = block.components("PARTICIPANT")
    assert [line.text for line in ada.properties] == ["p-1", "SPEAKER", "Ada; Test", "Hydrologist, Tashkent"]
    assert bo.one("PARTICIPANT-TYPE").value == "ACTIVE"
    (place,) = block.components("VLOCATION")
    assert {line.name: line.text if line.name != "GEO" else line.value for line in place.properties} == {
        "UID": "v-1",
        "NAME": "The House",
        "LOCATION-TYPE": "public",
        "GEO": "59.33;18.0649",
        "STRUCTURED-DATA": '{"@type": "PostalAddress", "streetAddress": "Gatan 1"}',
    }
    assert place.one("STRUCTURED-DATA").parameters["SCHEMA"] == "https://schema.org/PostalAddress"


def test_rich_entry_without_text_leaves_its_description_as_it_is():
    block = read_block(vevent(make_entry(description=("Plain",), rich=Rich(refids=("x",)))))

    assert block.one("DESCRIPTION").parameters == {}
    assert block.all("STYLED-DESCRIPTION") == []


@pytest.mark.parametrize("end", [cancelled, lambda entry: withdrawn(entry, "Gone")])
def test_rich_part_goes_with_what_is_called_off(end):
    ended = vevent(end(make_entry(rich=RICH)))

    assert ended == vevent(end(make_entry()))


def test_rich_part_counts_as_something_that_people_see():
    plain, rich = make_entry(), make_entry(rich=RICH)

    assert fingerprint(plain) != fingerprint(rich)
    assert vevent(make_entry(rich=Rich())) == vevent(plain)


def test_participant_of_an_unknown_type_is_refused():
    with pytest.raises(ValueError, match="participant type"):
        Participant(uid="x", name="X", kind="WIZARD")


def test_rich_entry_has_the_same_times_for_other_readers():
    plain, rich = in_calendar(make_entry()), in_calendar(make_entry(rich=RICH))

    assert read_vobject(rich) == read_vobject(plain)
    assert read_ical_js(rich)["events"][0]["start"] == read_ical_js(plain)["events"][0]["start"]
    (event,) = icalendar.Calendar.from_ical(rich).walk("VEVENT")
    assert [part.name for part in event.subcomponents] == ["PARTICIPANT", "PARTICIPANT", "VLOCATION"]
