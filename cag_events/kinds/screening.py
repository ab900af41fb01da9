"""Screening: a film, the licence to show it, and often a talk after it."""

from dataclasses import dataclass, field

from cag_events.domain.errors import N_
from cag_events.domain.texts import Texts
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Kind
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


class ScreeningForm(KindForm):
    """The screening's part of the editor."""


KIND = Kind(
    slug="screening",
    label=N_("Screening"),
    plural=N_("Screenings"),
    details=Screening,
    form=ScreeningForm,
    sample=Screening(),
    team_only=("film.licence",),
    default_minutes=150,
)
