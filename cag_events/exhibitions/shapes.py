"""What a production consists of beside its tour: the shape of its editor, of its columns and of programme files."""

from dataclasses import dataclass

from cag_events.domain.texts import Texts
from cag_events.kinds._shape import Language, Link, Prose


@dataclass(frozen=True, kw_only=True)
class Work:
    """Something that is shown: who made it, what the label says, what it is insured for, what to be careful with."""

    maker: str = ""
    title: Texts | None = None
    credit: str = ""
    label_languages: tuple[Language, ...] = ()
    insurance_value: int | None = None
    sensitivity: str = ""


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a production needs of the room."""

    wall_m: int | None = None
    floor_m2: int | None = None
    floor_load: int | None = None  # kg on a square metre
    power: str = ""
    climate: str = ""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A drawing or a mounting manual, where it can be fetched."""

    title: str = ""
    url: Link = ""


@dataclass(frozen=True, kw_only=True)
class CrateFields:
    """A crate: the number that is painted on it, what is in it."""

    number: str = ""
    content: str = ""
    weight_kg: int | None = None
    size_cm: str = ""


@dataclass(frozen=True, kw_only=True)
class ProductionFields:
    """A production as its editor knows it. `fee_per_week`: the tariff, in `currency`; `usual_days`: of transport."""

    title: Texts | None = None
    about: Prose | None = None
    needs: Needs = Needs()
    works: tuple[Work, ...] = ()
    crates: tuple[CrateFields, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    mounting: Prose | None = None
    host_does: Prose | None = None
    currency: str = "SEK"
    fee_per_week: int | None = None
    fee_note: Texts | None = None
    emergency_contact: str = ""
    storage: str = ""
    usual_days: int | None = 1
    texts_days: int | None = 21
    agreed_weeks: int | None = 12
