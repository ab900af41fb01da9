"""Screening: a film, the licence to show it, and often a talk after it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from cag_events.domain.culture import is_open_to_all
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord, OccurrenceRecord
from cag_events.domain.reminding import before, thanks
from cag_events.domain.texts import Texts, pick
from cag_events.kinds._fields import (
    COUNTRIES,
    SPOKEN,
    BooleanField,
    DayField,
    FormField,
    KeyField,
    LineField,
    MultiCheckboxField,
    NumberField,
    PickField,
    RowForm,
    TextsField,
)
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Draft, Kind
from cag_events.kinds._rules import agenda_fits
from cag_events.kinds._shape import Country, Key, Language, OccurrenceKey, PartnerKey, occurrence_of, shifted


@dataclass(frozen=True, kw_only=True)
class Licence:
    """The right to show a film: from whom, how often, for how much."""

    key: Key = ""  # the same at every event that shows the film under the same licence
    holder: str = ""
    reference: str = ""  # the holder's number of the agreement
    showings: int | None = None
    valid_until: date | None = None
    fee_sek: int | None = None
    report_audience: bool = False


@dataclass(frozen=True, kw_only=True)
class Film:
    """The film that is shown."""

    title: Texts = field(default_factory=dict)
    original_title: str = ""
    director: str = ""
    countries: tuple[Country, ...] = ()
    year: int | None = None
    minutes: int | None = None
    spoken: tuple[Language, ...] = ()
    subtitles: tuple[Language, ...] = ()
    age: int | None = None  # from which it is allowed
    talk: OccurrenceKey = ""  # the date that is the talk after it, where that is a date of its own
    questions: bool = field(default=False, metadata={"usual": False})  # are taken beforehand
    culture_programme: bool = field(default=False, metadata={"usual": False})  # as study associations count
    association: PartnerKey = ""  # with which it is a cultural programme
    licence: Licence = Licence()


@dataclass(frozen=True, kw_only=True)
class Screening:
    """What a screening has beside the common fields."""

    film: Film = field(default_factory=Film)

    @property
    def takes_questions(self) -> bool:
        """Whether questions are sent in beforehand."""
        return self.film.questions

    @property
    def question_hours(self) -> int:
        """How many hours before the start questions are no longer taken."""
        return 0

    @property
    def culture(self) -> str | None:
        """The association with which it is a cultural programme, empty where none is named; None where it is none."""
        return self.film.association if self.film.culture_programme else None


class LicenceForm(RowForm):
    """The right to show it."""

    holder = LineField(N_("Who gives the licence"))
    reference = LineField(N_("The agreement's number"))
    key = KeyField(N_("Short name of the licence"))
    showings = NumberField(N_("Showings"), least=1, most=1_000)
    valid_until = DayField(N_("Valid until"))
    fee_sek = NumberField(N_("Fee, SEK"), most=10_000_000)
    report_audience = BooleanField(N_("The size of the audience is to be reported"))


class FilmForm(RowForm):
    """The film."""

    title = TextsField(N_("Title of the film"))
    original_title = LineField(N_("Original title"))
    director = LineField(N_("Director"))
    countries = MultiCheckboxField(N_("Countries"), words=COUNTRIES)
    year = NumberField(N_("Year"), least=1888, most=2100)
    minutes = NumberField(N_("Length in minutes"), least=1, most=1_000)
    spoken = MultiCheckboxField(N_("Spoken languages"), words=SPOKEN)
    subtitles = MultiCheckboxField(N_("Subtitles"), words=SPOKEN)
    age = NumberField(N_("Allowed from age"), most=18)
    talk = PickField(N_("The date that is the talk after the film"), source="occurrences")
    questions = BooleanField(N_("Questions may be sent in beforehand"))
    culture_programme = BooleanField(N_("Counts as a cultural programme"))
    association = PickField(N_("With which study association"), source="partners")
    licence = FormField(LicenceForm)


class ScreeningForm(KindForm):
    """The screening's part of the editor."""

    shape = Screening
    film = FormField(FilmForm)


def showings_of(film: Film, record: EventRecord) -> tuple[OccurrenceRecord, ...]:
    """Return the dates on which the film is shown: all but the one that is the talk."""
    talk = occurrence_of(film.talk, record) if film.talk else None
    return tuple(one for one in record.living if talk is None or one.id != talk.id)


def has_film(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """The film has a title, and fits in each showing."""
    film = draft.details.film
    if not film.title and not film.original_title:
        yield Refused("screening.title", N_("Give the title of the film."), field="kind-film-title-sv")
    if not film.minutes:
        yield Refused("screening.minutes", N_("Say how long the film is."), field="kind-film-minutes")
        return
    for part in showings_of(film, draft.record):
        if part.ends_at - part.starts_at < timedelta(minutes=film.minutes):
            yield Refused(
                "screening.too_short",
                N_("The film is %(minutes)s minutes long and does not fit on %(day)s."),
                field="occurrences",
                minutes=film.minutes,
                day=f"{part.starts_wall:%Y-%m-%d}",
            )


def has_licence(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """A film may be shown only with a licence, as often and as long as it says.

    What other events take of the same licence, a rule of the talks room knows.
    """
    film = draft.details.film
    licence, showings = film.licence, showings_of(film, draft.record)
    if not licence.holder:
        yield Refused("screening.licence", N_("Say who gives the licence."), field="kind-film-licence-holder")
    elif licence.showings is not None and licence.showings < len(showings):
        yield Refused(
            "screening.showings",
            N_("The licence is for %(allowed)s showings, and %(planned)s are planned."),
            field="kind-film-licence-showings",
            allowed=licence.showings,
            planned=len(showings),
        )
    late = [
        one.starts_wall.date()
        for one in showings
        if licence.valid_until and one.starts_wall.date() > licence.valid_until
    ]
    if late:
        yield Refused(
            "screening.licence_over",
            N_("The licence is valid until %(until)s, and the film is shown on %(day)s."),
            field="kind-film-licence-valid_until",
            until=licence.valid_until.isoformat(),
            day=late[0].isoformat(),
        )


def is_for_all(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """A cultural programme is open to all; how long it is and how many come, the association's terms say."""
    if draft.details.film.culture_programme and not is_open_to_all(draft.record):
        yield Refused("screening.not_open", N_("A cultural programme is public and open to all."), field="visibility")


def says_how_often(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """A licence without a number of showings may be for one alone."""
    licence = draft.details.film.licence
    if licence.holder and licence.showings is None:
        yield Refused(
            "screening.how_often", N_("Say how many showings the licence is for."), field="kind-film-licence-showings"
        )


def suits_the_age(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """Nobody is invited who may not see the film."""
    film, lowest = draft.details.film, draft.record.min_age
    if film.age and lowest is not None and lowest < film.age:
        yield Refused("screening.age", N_("The film is allowed from %(age)s years."), field="min_age", age=film.age)


def copied(details: Screening, days: int) -> Screening:
    """Return details for a copy: under the same licence, whose last day does not move with the event."""
    moved = shifted(details, days)
    licence = replace(moved.film.licence, valid_until=None)
    return replace(moved, film=replace(moved.film, licence=licence, talk=""))


def as_movie(details: Screening, lang: str) -> dict[str, Any]:
    """Describe the film as schema.org does."""
    film = details.film
    title = pick(film.title, lang).text or film.original_title
    if not title:
        return {}
    movie: dict[str, Any] = {"@type": "Movie", "name": title}
    if film.original_title and film.original_title != title:
        movie["alternateName"] = film.original_title
    if film.director:
        movie["director"] = {"@type": "Person", "name": film.director}
    if film.countries:
        movie["countryOfOrigin"] = [{"@type": "Country", "identifier": code} for code in film.countries]
    if film.year:
        movie["dateCreated"] = str(film.year)
    if film.minutes:
        movie["duration"] = f"PT{film.minutes}M"
    if film.spoken:
        movie["inLanguage"] = list(film.spoken)
    if film.subtitles:
        movie["subtitleLanguage"] = list(film.subtitles)
    if film.age:
        movie["contentRating"] = f"{film.age}+"
    return {"workPresented": movie}


KIND = Kind(
    slug="screening",
    label=N_("Screening"),
    plural=N_("Screenings"),
    details=Screening,
    form=ScreeningForm,
    sample=Screening(
        film=Film(
            title={"sv": "Bäcken", "en": "The stream"},
            original_title="Булак",
            director="Lee Placeholder",
            countries=("KG",),
            year=2025,
            minutes=52,
            spoken=("ky",),
            subtitles=("en", "sv"),
            age=11,
            talk="day-2",
            questions=True,
            culture_programme=True,
            association="abf",
            licence=Licence(
                key="backen-2026",
                holder="Exempelfilm",
                reference="EF-17",
                showings=2,
                valid_until=date(2027, 6, 30),
                fee_sek=2500,
                report_audience=True,
            ),
        )
    ),
    team_only=("film.licence",),
    publish_rules=(has_film, has_licence, suits_the_age, is_for_all, agenda_fits),
    advice=(says_how_often,),
    repeated=copied,
    structured=as_movie,
    checklist=((-30, N_("Sign the licence")), (1, N_("Report the size of the audience"))),
    reminders=(before(days=1), thanks()),
    default_minutes=150,
    has_agenda=True,
    schema_type="ScreeningEvent",
    icon="kind-screening",
)
