"""Screening: a film, the licence to show it, and often a talk after it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cag_events.domain.errors import N_, Refused
from cag_events.domain.texts import Texts
from cag_events.kinds._fields import (
    COUNTRIES,
    SPOKEN,
    BooleanField,
    FormField,
    LineField,
    MultiCheckboxField,
    NumberField,
    RowForm,
    TextsField,
)
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Draft, Kind
from cag_events.kinds._rules import agenda_fits
from cag_events.kinds._shape import Country, Language


@dataclass(frozen=True, kw_only=True)
class Licence:
    """The right to show a film: from whom, how often, for how much."""

    holder: str = ""
    showings: int | None = None
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
    licence: Licence = Licence()


@dataclass(frozen=True, kw_only=True)
class Screening:
    """What a screening has beside the common fields."""

    film: Film = field(default_factory=Film)


class LicenceForm(RowForm):
    """The right to show it."""

    holder = LineField(N_("Who gives the licence"))
    showings = NumberField(N_("Showings"), least=1, most=1_000)
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
    licence = FormField(LicenceForm)


class ScreeningForm(KindForm):
    """The screening's part of the editor."""

    shape = Screening
    film = FormField(FilmForm)


def has_film(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """The film has a title, and fits in each showing."""
    film = draft.details.film
    if not film.title and not film.original_title:
        yield Refused("screening.title", N_("Give the title of the film."), field="kind-film-title-sv")
    if not film.minutes:
        yield Refused("screening.minutes", N_("Say how long the film is."), field="kind-film-minutes")
        return
    for part in draft.record.occurrences:
        if part.ends_at - part.starts_at < timedelta(minutes=film.minutes):
            yield Refused(
                "screening.too_short",
                N_("The film is %(minutes)s minutes long and does not fit on %(day)s."),
                field="occurrences",
                minutes=film.minutes,
                day=f"{part.starts_wall:%Y-%m-%d}",
            )


def has_licence(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """A film may be shown only with a licence, and as often as it says."""
    licence, showings = draft.details.film.licence, len(draft.record.occurrences)
    if not licence.holder:
        yield Refused("screening.licence", N_("Say who gives the licence."), field="kind-film-licence-holder")
    elif licence.showings is not None and licence.showings < showings:
        yield Refused(
            "screening.showings",
            N_("The licence is for %(allowed)s showings, and %(planned)s are planned."),
            field="kind-film-licence-showings",
            allowed=licence.showings,
            planned=showings,
        )


def suits_the_age(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """Nobody is invited who may not see the film."""
    film, lowest = draft.details.film, draft.record.min_age
    if film.age and lowest is not None and lowest < film.age:
        yield Refused("screening.age", N_("The film is allowed from %(age)s years."), field="min_age", age=film.age)


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
            licence=Licence(holder="Exempelfilm", showings=2, fee_sek=2500, report_audience=True),
        )
    ),
    team_only=("film.licence",),
    publish_rules=(has_film, has_licence, suits_the_age, agenda_fits),
    checklist=((-30, N_("Sign the licence")), (1, N_("Report the size of the audience"))),
    reminders=(timedelta(days=1),),
    default_minutes=150,
    has_agenda=True,
    schema_type="ScreeningEvent",
    icon="kind-screening",
)
