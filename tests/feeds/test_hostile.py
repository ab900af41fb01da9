"""Hostile texts in every field that reaches a feed: each field × each text, read back alike by all readers."""

import re
import unicodedata

import pytest

from cag_events.accounts.models import Organisation
from cag_events.audiences.models import Segment
from cag_events.db import db, transaction
from cag_events.domain.lifecycle import Status
from cag_events.events import records
from cag_events.events.models import Campaign, Event, Occurrence, Room, Theme, Venue
from cag_events.feeds.models import PrivateFeed
from cag_events.feeds.services import NewFeed, make_feed
from cag_events.permissions import Actor, Role
from cag_events.web.fields import clean_line, clean_text
from cag_events.web.throttle import COARSE_KEY
from tests.calendars import read_strictly
from tests.factories import make_account, make_campaign, make_event, make_segment, make_theme, make_venue
from tests.feeds.reading import fetch
from tests.libical import library, read_libical
from tests.readers import read_ical_js, words_by_all

TEXTS = {
    "injection": "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil\r\nSUMMARY:evil",
    "bare LF": "one\nATTENDEE:mailto:evil@example.org",
    "bare CR": "one\rtwo\r\rthree",
    "C0": "a\x00b\x01c\x08d\x0be\x0cf\x1bg\x1fh\tj",
    "C1": "a\x7fb\x80c\x85d\x9fe",
    "separators": "line\u2028line\u2029paragraph",
    "bidi": "a\u202eevil\u202c \u202alr\u202b rl",
    "marks that stay": "a\u200eb\u200fc\u2066d\u2069",
    "BOM": "\ufeffa\ufeff",
    "noncharacters": "a\ufffe\uffffb\U0001fffe",
    "joined emoji": "👩🏽‍👩🏻‍👧🏿‍👦🏾🏴󠁧󠁢󠁳󠁣󠁴󠁿" * 12,
    "every border": "".join("x" * number + "å𝄞" for number in range(30)),
    "Cyrillic": "Ысык-Көлдөгү гендердик теңдик тууралуу жалпыга маалымдоо, ңүұқәі " * 3,
    "Arabic": "النساء والبيئة في آسيا الوسطى، " * 4,
    "decomposed": "a\u030a e\u0301 й \u1100\u1161",
    "combining": "Z\u0351\u036b\u0343" * 20,
    "escapes": r"C:\News\new \\n \N \; \, \\ \x",
    "ends in a backslash": "path\\",
    "separators of lists": "a, b; c: d,, ;; ::",
    "quotes": "\"quoted\" 'single' ^ ^^ ^n ^' ^\"",
    "HTML": "<script>alert(1)</script><b>&amp;&lt;</b><!-- ]]> -->",
    "percent": "100 % %(title)s %s {title} {{ 7*7 }} %0d%0aX:1",
    "properties": "BEGIN:VALARM END:VCALENDAR DTSTART:20200101",
    "long": "0123456789abcdef" * 6_400,
}
SHORT = {name: text for name, text in TEXTS.items() if len(text) < 1_000}
MANY_LINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
GONE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\u202a-\u202e]")


def cleaned(text: str) -> str:
    """What calendar.md §2.3 makes of a text, on one line."""
    text = GONE.sub("", MANY_LINES.sub("\n", text).replace("\t", " "))
    return re.sub(r" *\n[\n ]*", " ", unicodedata.normalize("NFC", text)).strip()


def squeezed(text: str) -> str:
    """A text with all its spaces as one."""
    return " ".join(text.split())


def letters(text: str) -> str:
    """The letters and digits of a text."""
    return "".join(char for char in text if char.isalnum())


def _set(event_id: int, field: str, text: str) -> None:
    """Write a text into one field of an event or of what belongs to it, past all doors."""
    both = {"sv": text, "en": text}
    event = db.session.get(Event, event_id)
    if field in ("title", "summary", "body", "cancel_reason"):
        setattr(event, field, both)
        event.status = Status.CANCELLED if field == "cancel_reason" else event.status
    elif field == "date":
        db.session.query(Occurrence).filter_by(event_id=event_id).one().title = both
    elif field == "room":
        db.session.get(Room, event.room_id).name = text
    else:
        setattr(db.session.get(Venue, event.venue_id), field, both if field == "name" else text)


FIELDS = ("title", "summary", "body", "cancel_reason", "date", "room", "name", "street", "city", "theme")
WHERE = {  # the part of an entry that tells the field
    **dict.fromkeys(("title", "date"), "summary"),
    **dict.fromkeys(("summary", "body", "cancel_reason"), "description"),
    **dict.fromkeys(("room", "name", "street", "city"), "location"),
    "theme": "categories",
}


def test_every_text_in_every_field_is_read_back_alike_by_all_readers(app, client):
    made: dict[str, tuple[str, str]] = {}
    with app.app_context():
        shared = make_theme("shared")
        for field in FIELDS:
            for name, text in TEXTS.items():
                if name == "long" and field in ("room", "street", "city"):
                    continue  # columns end before
                marked = f"A{text}Z"
                theme = (
                    make_theme(f"{field}-{len(made)}", name={"sv": marked, "en": marked})
                    if field == "theme"
                    else shared
                )
                event = make_event(venue=make_venue(), themes=[theme])
                made[event.occurrences[0].uid] = field, name
                if field != "theme":
                    with transaction():
                        _set(event.id, field, marked)
        with transaction():
            records.refresh_where()

    for lang in ("sv", "en"):
        octets = fetch(client, f"/feeds/programme.ics?lang={lang}").data
        assert len(read_strictly(octets).components("VEVENT")) == len(made)
        for reader, words in words_by_all(octets).items():
            assert words.keys() == made.keys()
            for uid, (field, name) in made.items():
                said = getattr(words[uid], WHERE[field])
                kind = {"sv": "Föreläsning", "en": "Lecture"}[lang]
                if (
                    field == "theme" and reader == "libical"
                ):  # takes no comma for an end three letters after a backslash
                    said = (",".join(said).removesuffix(f",{kind}"), kind)
                _check(said, field, f"A{TEXTS[name]}Z", kind, f"{reader}, {lang}: {name} in {field}")


def _check(said, field: str, text: str, kind: str, what: str) -> None:
    expected = cleaned(squeezed(text) if field == "summary" else text)  # a lead is one line before it is anything else
    if field == "title":
        assert said == expected, what
    elif field == "date":
        assert said.endswith(f": {expected}"), what
    elif field == "theme":
        assert said == (expected, kind), what
    elif field == "body":
        assert letters(expected)[:1_000] in letters(said), what  # without the marks of Markdown
    else:
        assert squeezed(expected) in squeezed(said), what


def test_every_text_in_the_name_of_a_feed_is_read_back_alike(app, client):
    with app.app_context():
        member = make_account(Role.MEMBER, language="en")
        event = make_event(segments=[make_segment("s")], campaign=make_campaign("c"), themes=[make_theme("t")])
        uid = event.occurrences[0].uid
        feed, token = make_feed(NewFeed(name="Mine"), by=Actor(member.id, member.role))
        feed_id = feed.id
    addresses = (
        "/feeds/segments/s.ics",
        "/feeds/campaigns/c.ics",
        "/feeds/themes/t.ics",
        f"/feeds/private/{token}.ics",
    )
    read, expected = [], []

    for text in SHORT.values():
        marked = f"A{text}Z"
        with app.app_context(), transaction():
            db.session.merge(Organisation(key="house", name={"en": marked}, id=1))
            for row in (db.session.query(model).one() for model in (Segment, Campaign, Theme)):
                row.name = {"en": marked}
            db.session.get(PrivateFeed, feed_id).name = marked
            records.refresh_where()
        if COARSE_KEY in app.extensions:
            app.extensions[COARSE_KEY].storage.reset()
        read += [
            fetch(client, f"{address}?lang=en" if "private" not in address else address).data for address in addresses
        ]
        expected += [f"{cleaned(marked)}: {cleaned(marked)}"] * len(addresses)

    for octets, name in zip(read, expected, strict=True):
        calendar = read_strictly(octets)
        assert [line.text for line in (calendar.one("NAME"), calendar.one("X-WR-CALNAME"))] == [name, name]
        assert calendar.one("PRODID").value.count("//") == 3
        assert [one.one("UID").value for one in calendar.components("VEVENT")] == [uid]
    assert [reading.words.keys() for reading in read_ical_js(read)] == [{uid}] * len(read)
    if library() is not None:
        assert [[one.uid for one in read_libical(octets)] for octets in read] == [[uid]] * len(read)


@pytest.mark.parametrize("name", sorted(SHORT))
def test_doors_clean_what_is_typed_as_calendars_do(name):
    text = f"A{SHORT[name]}Z"

    line, lines = clean_line(text), clean_text(text)

    assert not set(line + lines) & set("\0\x1b\x7f\x85\u2028\u2029\ufeff\u202a\u202b\u202c\u202d\u202e\ufffe\uffff")
    assert "\n" not in line
    assert squeezed(cleaned(lines)) == squeezed(lines)
    assert unicodedata.is_normalized("NFC", lines)
