"""The table of events in a programme file, and the tables within it."""

import re
from typing import Final

from cag_events.domain.event import Aspect, Circle, Mode, RegistrationMode, Safety, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.domain.questions import LARGEST, Answer
from cag_events.domain.reminding import Moment
from cag_events.domain.seating import Filling, Lapse, Proof, QueueRule
from cag_events.exchange import fields as f
from cag_events.exchange.fields import Choice, Day, Flag, ListOf, Number, Pattern, Ref, Text
from cag_events.exchange.loose import Counts
from cag_events.exchange.often import NAME, PROSE, SPOKEN, WORD, keyed
from cag_events.exchange.sections import SECTIONS
from cag_events.exchange.shapes import Field, Table
from cag_events.kinds import KINDS

ASKED: Final = (
    "segment",
    "first_time",
    "needs",
    "diet",
    "language",
    "photo",
    "how_heard",
    "org",
    "motivation",
    "id_name",
    "role_wish",
    "alias",
)
DOMAIN: Final = Pattern(
    re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}"), "a mail domain like school.example.org"
)
CANCELLATION: Final = Table(
    (Field("date", Day(), column="cancelled_on", required=True), Field("reason", PROSE, column="cancel_reason")),
    dated="date",
)
CHANGED_DATE: Final = Table(
    (
        Field("date", Day(), required=True),  # as the rule gives it
        Field("to", Day()),  # where it was moved
        Field("start", f.CLOCK),
        Field("end", f.CLOCK),
        Field("end_date", Day()),
        Field("title", NAME),
        Field("cancelled", CANCELLATION),
        Field("left_out", Flag(), usual=False),  # before anybody saw it
    ),
    dated="date",
)
OCCURRENCE: Final = Table(
    (
        Field("key", f.KEY),
        Field("date", Day(), required=True),
        Field("start", f.CLOCK, required=True),
        Field("end", f.CLOCK, required=True),
        Field("end_day", Number(0, 31), usual=0),
        Field("end_date", Day()),
        Field("title", NAME),
        Field("rrule", f.RULE),
        Field("cancelled", CANCELLATION),
        Field("changes", ListOf(CHANGED_DATE, most=730)),
    ),
    dated="date",
)
PERSON: Final = Table((Field("who", Ref("contacts"), required=True), Field("role", WORD, required=True)))
AGENDA_ITEM: Final = Table(
    (
        Field("minutes", Number(1, 10_000), required=True),
        Field("title", NAME, required=True),
        Field("who", ListOf(Ref("contacts"), distinct=True)),
        Field("closed", Flag(), usual=False),
    )
)
INTERPRETING: Final = Table(
    (
        Field("to", SPOKEN, required=True),
        Field("how", Choice(("simultaneous", "consecutive", "whisper", "sign", "captions")), required=True),
    )
)
ONLINE: Final = Table(
    (
        Field("platform", Text(100)),
        Field("url", f.LINK, column="online_url"),
        Field("recording", Choice(("", "never", "edited", "full"))),
    ),
    merges=True,
)
PHASE: Final = Table(
    (Field("segment", Ref("segments", may_be_empty=True)), Field("hours", Number(1, 50_000), required=True))
)
QUEUE: Final = Table(
    (
        Field("filling", Choice(tuple(Filling)), usual=Filling.FILL),
        Field("hours", Number(1, 1_000), usual=QueueRule().hours),
        Field("lapse", Choice(tuple(Lapse)), usual=Lapse.END),
    )
)
QUESTION: Final = Table(
    (
        Field("key", f.KEY, required=True),
        Field("label", NAME, required=True),
        Field("hint", NAME),
        Field("answer", Choice(tuple(Answer)), usual=Answer.TEXT),
        Field("required", Flag(), usual=False),
        Field("sensitive", Flag(), usual=False),
        Field("decides", Flag(), usual=False),
        Field("segments", ListOf(Ref("segments"), distinct=True)),
        Field(
            "options",
            ListOf(Table((Field("key", f.KEY, required=True), Field("label", NAME, required=True))), most=50),
        ),
        Field("when", Table((Field("question", f.KEY, required=True), Field("answer", f.KEY, required=True)))),
        Field("least", Number(0, LARGEST)),
        Field("most", Number(0, LARGEST)),
    )
)
REMINDER: Final = Table(
    (
        Field("moment", Choice(tuple(Moment)), usual=Moment.BEFORE),
        Field("hours", Number(0, 5_000), required=True),
        Field("note", PROSE),
        Field("survey", Flag(), usual=False),
    )
)
REGISTRATION: Final = Table(
    (
        Field("mode", Choice(tuple(RegistrationMode)), column="registration_mode", required=True),
        Field("capacity", Number(0, 100_000), always=True),
        Field("online_capacity", Number(0, 100_000), usual=0),
        Field("waitlist", Flag()),
        Field("opens_days", Number(0, 5_000)),
        Field("closes_hours", Number(0, 50_000)),
        Field("guests", Number(0, 1_000)),
        Field("group_max", Number(1, 1_000)),
        Field("per_occurrence", Flag(), usual=False),
        Field("travel_support", Flag(), usual=False),
        Field("ask", ListOf(Choice(ASKED), distinct=True), always=True),
        Field("phases", ListOf(PHASE, most=20)),
        Field("queue", QUEUE),
        Field("questions", ListOf(QUESTION, most=50)),
        Field("reminders", ListOf(REMINDER, most=20), always=True),
    ),
    merges=True,
)
POOL: Final = Table(
    (
        Field("segment", Ref("segments"), required=True),
        Field("seats", Number(0, 100_000), required=True),
        Field("online", Flag(), usual=False),
        Field("release_hours", Number(0, 50_000)),
        Field("proof", Choice(tuple(Proof)), usual=Proof.NONE),
        Field("domains", ListOf(DOMAIN, most=50)),
    )
)
OUTCOME: Final = Table(
    (
        *(
            Field(name, Number(0, 10_000_000))
            for name in (
                "registered",
                "cancelled",
                "no_show",
                "attended",
                "online",
                "visitors",
                "first_time",
                "media_mentions",
            )
        ),
        Field("by_segment", Counts("segments")),
        Field("meetings", ListOf(Number(0, 100_000))),
        Field(
            "survey",
            Table(
                (
                    Field("answers", Number(0, 1_000_000)),
                    Field("knowledge_up", Number(0, 100, real=True)),
                    Field("will_act", Number(0, 100, real=True)),
                    Field("rating", Number(0, 5, real=True)),
                )
            ),
        ),
        Field("lesson", PROSE),
    )
)
LEVELS: Final = {f"{aspect.value}_visibility": aspect.value for aspect in Aspect}
EVENTS: Final = keyed(
    Field("kind", Choice(tuple(KINDS)), required=True),
    Field("format", WORD),
    Field("status", Choice(tuple(Status)), always=True),
    Field("visibility", Choice(tuple(Visibility)), always=True),
    Field("safety", Choice(tuple(Safety)), usual="open"),
    *(Field(name, Choice(tuple(Circle))) for name in LEVELS),
    Field("mode", Choice(tuple(Mode)), always=True),
    Field("featured", Flag(), usual=False),
    Field("title", NAME, required=True),
    Field("summary", PROSE),
    Field("body", PROSE),
    Field("content_note", PROSE),
    Field("themes", ListOf(Ref("themes"), distinct=True), always=True),
    Field("subtopics", ListOf(Ref("subtopics"), distinct=True), always=True),
    Field("campaign", Ref("campaigns", may_be_empty=True)),
    Field("part_of", Ref("events", may_be_empty=True)),
    Field("segments", ListOf(Ref("segments"), distinct=True), always=True),
    Field("lead", Ref("users", may_be_empty=True)),
    Field("partners", ListOf(Ref("partners"), distinct=True), always=True),
    Field("venue", Ref("venues", may_be_empty=True)),
    Field("room", Pattern(f.KEY.pattern, f.KEY.what, may_be_empty=True)),
    Field("tz", Pattern(f.ZONE.pattern, f.ZONE.what, f.ZONE.check, may_be_empty=True)),
    Field("languages", ListOf(SPOKEN, distinct=True), always=True),
    Field("interpreting", ListOf(INTERPRETING, distinct=True)),
    Field("occurrences", ListOf(OCCURRENCE, most=730), always=True),
    Field("setup_minutes", Number(0, 10_080), usual=0),
    Field("clear_minutes", Number(0, 10_080), usual=0),
    Field("people", ListOf(PERSON, distinct=True), always=True),
    Field("agenda", ListOf(AGENDA_ITEM, most=500)),
    *(Field(name, section) for name, (_, section) in SECTIONS.items()),
    Field("online", ONLINE),
    Field("registration", REGISTRATION),
    Field("quotas", ListOf(POOL), column="pools"),
    Field("access_note", PROSE),
    Field("food", WORD),
    Field("min_age", Number(0, 120)),
    Field("max_age", Number(0, 120)),
    Field("photo_policy", Choice(("", "ok", "ask", "none", "forbidden"))),
    Field("outcome", OUTCOME),
    Field("cancellation", CANCELLATION),
)
