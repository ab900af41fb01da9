"""What there is here for a foreign calendar to be found again in: venues, kinds and themes by their names."""

from collections.abc import Sequence

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from cag_events.accounts.models import Organisation
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.texts import fold
from cag_events.events.models import KindWords, Theme, Venue
from cag_events.imports.places import KnownVenue, folded
from cag_events.imports.wishes import Surroundings
from cag_events.kinds import KINDS
from cag_events.web.language import in_language


def surroundings(lang: str, languages: Sequence[str], kind: str = "", theme: str = "") -> Surroundings:
    """Return what there is here to find again; `kind` and `theme` are for entries that say none."""
    return Surroundings(
        home=home(),
        lang=lang,
        languages=tuple(languages),
        kind=kind,
        theme=theme,
        venues=list_known_venues(),
        kinds=_kinds(languages),
        themes=_themes(),
    )


def home() -> str:
    """Return the organisation's zone."""
    return db.session.scalar(select(Organisation.tz)) or when.HOME


def list_known_venues() -> list[KnownVenue]:
    """Return the venues as places are looked for."""
    rows = db.session.scalars(select(Venue).options(selectinload(Venue.rooms)).order_by(Venue.position, Venue.id))
    return [
        KnownVenue(
            key=row.key,
            tz=row.tz,
            names=frozenset(folded(name) for name in (*row.name.values(), row.name_local) if folded(name)),
            street=folded(row.street),
            cities=frozenset(folded(name) for name in (row.city, *row.city_names.values()) if folded(name)),
            at=(row.lat, row.lon) if row.lat is not None and row.lon is not None else None,
            rooms={folded(room.name): room.key for room in row.rooms if folded(room.name)},
            is_virtual=row.virtual,
        )
        for row in rows
    ]


def _kinds(languages: Sequence[str]) -> dict[str, str]:
    """The names of the kinds, singular and plural, the program's and the organisation's own, in every language."""
    found: dict[str, str] = {}
    for row in db.session.scalars(select(KindWords)):
        if row.key in KINDS:
            found |= {fold(name): row.key for name in (*row.name.values(), *row.plural.values())}
    for lang in languages:
        with in_language(lang):
            for kind in KINDS.values():
                for name in (kind.slug, kind.slug.replace("_", " "), gettext(kind.label), gettext(kind.plural)):
                    found.setdefault(fold(name), kind.slug)
    return found


def _themes() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in db.session.scalars(select(Theme).order_by(Theme.parent_id.is_not(None), Theme.position, Theme.id)):
        for name in (row.key, *row.name.values()):
            found.setdefault(fold(name), row.key)
    return found
