"""The tables of a programme file and their fields: said here once, for reading, writing and the JSON Schema."""

from typing import Final

from cag_events.domain.event import Mode
from cag_events.exchange import fields as f
from cag_events.exchange.event_tables import EVENTS
from cag_events.exchange.fields import Choice, Day, Flag, ListOf, Number, Ref, Text
from cag_events.exchange.loose import Anything
from cag_events.exchange.often import LINE, NAME, PROSE, SHORT, SPOKEN, WORD, keyed
from cag_events.exchange.shapes import Field, Table
from cag_events.exchange.tours import HOURS, PRODUCTIONS
from cag_events.kinds import KINDS
from cag_events.permissions import Role
from cag_events.studies.terms import FORMS

SCHEMA_VERSION: Final = 1
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
ORGANISATION: Final = keyed(
    Field("name", NAME, required=True),
    Field("short", SHORT),
    Field("city", Text(100)),
    Field("country", f.COUNTRY),
    Field("email", f.EMAIL),
    Field("accessibility_contact", f.EMAIL),
    Field("privacy_contact", f.EMAIL),
    Field("about", PROSE),
)
THEMES: Final = keyed(
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
SEGMENTS: Final = keyed(
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
VENUES: Final = keyed(
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
PARTNERS: Final = keyed(
    Field("name", LINE, required=True),
    Field("name_local", LINE),
    Field("fictional", Flag()),
    Field("country", f.COUNTRY),
    Field("city", Text(100)),
    Field("themes", ListOf(Ref("themes"), distinct=True), always=True),
    Field("sensitive", Flag()),
    Field("about", PROSE),
)
CONTACTS: Final = keyed(
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
FUNDERS: Final = keyed(
    Field("fictional", Flag()),
    Field("name", NAME, required=True),
    Field("report_template", WORD),
    Field("acknowledgement", PROSE),
)
INDICATORS: Final = keyed(
    Field("level", Choice(("output", "outcome"))),
    Field("source", Choice(("checkin", "registration", "survey", "counter", "manual"))),
    Field("unit", Choice(("count", "percent"))),
    Field("name", NAME, required=True),
)
CAMPAIGNS: Final = keyed(
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
FUNDING_TERMS: Final = keyed(
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
PROGRAMME_TERMS: Final = keyed(
    Field("association", Ref("partners", may_be_empty=True)),
    Field("valid_from", Day(), required=True),
    Field("minutes", Number(0, 10_000), required=True),
    Field("present", Number(0, 10_000), required=True),
    Field("open_to_all", Flag(), usual=True),
    Field("announced", Flag(), usual=True),
    Field("source", LINE),
)
CHECKLISTS: Final = keyed(
    Field("kinds", ListOf(Choice(tuple(KINDS)), distinct=True), always=True),
    Field(
        "tasks",
        ListOf(
            Table((Field("days", Number(-5_000, 5_000), required=True), Field("name", NAME, required=True))), most=200
        ),
        always=True,
    ),
)
PERIODS: Final = keyed(
    Field("name", NAME, required=True),
    Field("kind", Choice(("school_break", "exam", "other")), required=True),
    Field("first", Day(), column="first_on", required=True),
    Field("last", Day(), column="last_on", required=True),
    Field("city", Text(100)),
    Field("country", f.COUNTRY),
    Field("segments", ListOf(Ref("segments"), distinct=True)),
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
FEEDS: Final = keyed(
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
    "periods": PERIODS,
    "events": EVENTS,
    "productions": PRODUCTIONS,
    "feeds": FEEDS,
}  # in the order in which they are stored: what is referred to first
SINGLE: Final = {"meta": META, "organisation": ORGANISATION}
TABLES: Final = (*SINGLE, *ROWS, "generator")


def key_field(table: str) -> str:
    """Return the name of the field by which rows of a table are known."""
    return "email" if table == "users" else "key"
