"""The tables of a programme file and their fields: said here once, for reading, writing and the JSON Schema."""

import re
from typing import Final

from cag_events.domain.event import Aspect, Circle, Mode, RegistrationMode, Safety, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.exchange import fields as f
from cag_events.exchange.fields import Choice, Day, Flag, ListOf, Number, Pattern, Ref, Text, Texts
from cag_events.exchange.loose import Anything, Counts
from cag_events.exchange.sections import SECTIONS
from cag_events.exchange.shapes import Field, Table
from cag_events.exchange.tours import HOURS, PRODUCTIONS
from cag_events.kinds import KINDS
from cag_events.permissions import Role
from cag_events.studies.terms import FORMS

SCHEMA_VERSION: Final = 1
NAME: Final = Texts()
LINE: Final = Text(200)
SHORT: Final = Text(40)
PROSE: Final = Texts(f.PROSE, prose=True)
WORD: Final = Pattern(re.compile(r"[a-z][a-z0-9_-]{0,39}"), "a word of small letters", may_be_empty=True)
SPOKEN: Final = Choice(f.SPOKEN_LANGUAGES)
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


def _keyed(*fields: Field) -> Table:
    return Table((Field("key", f.KEY, required=True), *fields), merges=True)


META: Final = Table(
    (
        Field("schema", Number(1, 1_000)),
        Field("anchor", Day()),
        Field("timezone", f.ZONE, column="tz"),
        Field("locales", ListOf(Choice(f.TEXT_LANGUAGES), distinct=True)),
        Field("extra_locales", ListOf(Choice(f.TEXT_LANGUAGES), distinct=True)),
        Field("title", NAME),
        Field("notice", PROSE),
    ),
    merges=True,
)
ORGANISATION: Final = _keyed(
    Field("name", NAME, required=True),
    Field("short", SHORT),
    Field("city", Text(100)),
    Field("country", f.COUNTRY),
    Field("email", f.EMAIL),
    Field("accessibility_contact", f.EMAIL),
    Field("privacy_contact", f.EMAIL),
    Field("about", PROSE),
)
THEMES: Final = _keyed(
    Field("name", NAME, required=True),
    Field("summary", PROSE),
    Field("token", Choice(("", "env", "gen", "you", "con"))),
    Field("icon", WORD),
    Field(
        "subtopics",
        ListOf(
            Table((Field("key", f.KEY, required=True), Field("name", NAME, required=True), Field("summary", PROSE)))
        ),
        always=True,
    ),
)
SEGMENTS: Final = _keyed(
    Field("role", Choice(("direct", "multiplier", "decision_maker"))),
    Field("name", NAME, required=True),
    Field("hint", PROSE),
)
KIND_WORDS: Final = Table(
    (
        Field("key", Choice(tuple(KINDS)), required=True),
        Field("name", NAME, required=True),
        Field("plural", NAME),
        Field("default_minutes", Number(0, 100_000), always=True),
        Field("needs", ListOf(WORD, distinct=True), always=True),
    ),
    merges=True,
)
ACCESS: Final = Table(
    (
        *(
            Field(name, Flag())
            for name in (
                "step_free",
                "lift",
                "accessible_wc",
                "hearing_loop",
                "quiet_room",
                "captions",
                "keyboard",
                "phone_in",
            )
        ),
        Field("checked", Day()),
    )
)
ROOM: Final = Table(
    (
        Field("key", f.KEY, required=True),
        Field("name", LINE, required=True),
        Field("capacity", Number(0, 100_000), required=True),
    )
)
CITY_LANGUAGES: Final = f.TEXT_LANGUAGES
VENUES: Final = _keyed(
    Field("virtual", Flag(), usual=False),
    Field("name", NAME, required=True),
    Field("name_local", LINE),
    Field("street", LINE),
    Field("postcode", Text(20)),
    Field("city", Text(100), always=True),
    *(Field(f"city_{language}", Text(100)) for language in CITY_LANGUAGES),
    Field("country", f.COUNTRY, always=True),
    Field("tz", f.ZONE, required=True),
    Field("lat", Number(-90, 90, real=True)),
    Field("lon", Number(-180, 180, real=True)),
    Field("accuracy_m", Number(0, 1_000_000)),
    Field("rooms", ListOf(ROOM), always=True),
    Field("access", ACCESS),
    Field("travel", PROSE),
    Field("visitor_list_hours", Number(0, 10_000)),
    Field("hours", HOURS),
)
PARTNERS: Final = _keyed(
    Field("name", LINE, required=True),
    Field("name_local", LINE),
    Field("fictional", Flag()),
    Field("country", f.COUNTRY),
    Field("city", Text(100)),
    Field("themes", ListOf(Ref("themes"), distinct=True), always=True),
    Field("sensitive", Flag()),
    Field("about", PROSE),
)
CONTACTS: Final = _keyed(
    Field("name", LINE, required=True),
    Field("name_local", LINE),
    Field("email", f.EMAIL),
    Field("country", f.COUNTRY),
    Field("languages", ListOf(SPOKEN, distinct=True), always=True),
    Field("title", NAME),
    Field("named", Flag()),
)
USERS: Final = Table(
    (
        Field("email", f.EMAIL, required=True),
        Field("name", LINE, required=True),
        Field("role", Choice(tuple(role.value for role in Role)), required=True),
        Field("locale", Choice(("sv", "en")), column="language"),
        Field("follows", ListOf(Ref("themes or subtopics"), distinct=True)),
    ),
    merges=True,
)
FUNDERS: Final = _keyed(
    Field("fictional", Flag()),
    Field("name", NAME, required=True),
    Field("report_template", WORD),
    Field("acknowledgement", PROSE),
)
INDICATORS: Final = _keyed(
    Field("level", Choice(("output", "outcome"))),
    Field("source", Choice(("checkin", "registration", "survey", "counter", "manual"))),
    Field("unit", Choice(("count", "percent"))),
    Field("name", NAME, required=True),
)
CAMPAIGNS: Final = _keyed(
    Field("name", NAME, required=True),
    Field("tagline", PROSE),
    Field("purpose", PROSE),
    Field("themes", ListOf(Ref("themes"), distinct=True), always=True),
    Field("funder", Ref("funders")),
    Field("budget_sek", Number(0, 2_000_000_000)),
    Field("start", Day(), column="starts_on", required=True),
    Field("end", Day(), column="ends_on", required=True),
    Field("report_due", Day(), column="report_due_on"),
    Field(
        "goals",
        ListOf(
            Table(
                (
                    Field("indicator", Ref("indicators"), required=True),
                    Field("target", Number(0, 1e9, real=True), required=True),
                )
            )
        ),
        always=True,
    ),
    Field(
        "reach",
        ListOf(
            Table(
                (
                    Field("segment", Ref("segments"), required=True),
                    Field("target", Number(0, 1e9, real=True), required=True),
                )
            )
        ),
        always=True,
    ),
    Field(
        "milestones",
        ListOf(Table((Field("date", Day(), required=True), Field("name", NAME, required=True)), dated="date")),
        always=True,
    ),
)
FUNDING_TERMS: Final = _keyed(
    Field("form", Choice(FORMS), required=True),
    Field("association", Ref("partners", may_be_empty=True)),
    Field("valid_from", Day(), required=True),
    *(Field(name, Number(0, 10_000), usual=0) for name in ("people_min", "meetings_min", "hours_min", "min_age")),
    *(
        Field(name, Number(0, 10_000))
        for name in ("people_max", "hours_per_meeting_max", "meetings_per_week_max", "hours_per_year_max")
    ),
    *(Field(name, Number(0, 10_000), usual=0) for name in ("own_meetings_min", "own_hours_min", "among_first")),
)
PROGRAMME_TERMS: Final = _keyed(
    Field("association", Ref("partners", may_be_empty=True)),
    Field("valid_from", Day(), required=True),
    Field("minutes", Number(0, 10_000), required=True),
    Field("present", Number(0, 10_000), required=True),
    Field("open_to_all", Flag(), usual=True),
    Field("announced", Flag(), usual=True),
    Field("source", LINE),
)
CHECKLISTS: Final = _keyed(
    Field("kinds", ListOf(Choice(tuple(KINDS)), distinct=True), always=True),
    Field(
        "tasks",
        ListOf(
            Table((Field("days", Number(-5_000, 5_000), required=True), Field("name", NAME, required=True))), most=200
        ),
        always=True,
    ),
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
    ),
    merges=True,
)
POOL: Final = Table(
    (
        Field("segment", Ref("segments"), required=True),
        Field("seats", Number(0, 100_000), required=True),
        Field("release_hours", Number(0, 50_000)),
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
CANCELLATION: Final = Table(
    (Field("date", Day(), column="cancelled_on", required=True), Field("reason", PROSE, column="cancel_reason")),
    dated="date",
)
LEVELS: Final = {f"{aspect.value}_visibility": aspect.value for aspect in Aspect}
EVENTS: Final = _keyed(
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
FEED_FILTERS: Final[dict[str, f.Type]] = {
    "themes": Ref("themes or subtopics"),
    "segments": Ref("segments"),
    "kinds": Choice(tuple(KINDS)),
    "campaigns": Ref("campaigns"),
    "countries": f.COUNTRY,
    "cities": Text(100),
    "languages": SPOKEN,
    "modes": Choice(tuple(Mode)),
}
FEEDS: Final = _keyed(
    Field("name", NAME, required=True),
    *(Field(name, ListOf(inner, distinct=True)) for name, inner in FEED_FILTERS.items()),
    Field("from", Day()),
    Field("to", Day()),
    Field("q", LINE),
)
GENERATOR: Final = Anything()
ROWS: Final[dict[str, Table]] = {
    "themes": THEMES,
    "segments": SEGMENTS,
    "kinds": KIND_WORDS,
    "venues": VENUES,
    "partners": PARTNERS,
    "contacts": CONTACTS,
    "users": USERS,
    "funders": FUNDERS,
    "indicators": INDICATORS,
    "campaigns": CAMPAIGNS,
    "checklists": CHECKLISTS,
    "funding_terms": FUNDING_TERMS,
    "programme_terms": PROGRAMME_TERMS,
    "events": EVENTS,
    "productions": PRODUCTIONS,
    "feeds": FEEDS,
}  # in the order in which they are stored: what is referred to first
SINGLE: Final = {"meta": META, "organisation": ORGANISATION}
TABLES: Final = (*SINGLE, *ROWS, "generator")


def key_field(table: str) -> str:
    """Return the name of the field by which rows of a table are known."""
    return "email" if table == "users" else "key"
