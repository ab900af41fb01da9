"""What every page needs to know of the programme, kept in memory by its version: the organisation, its words, its day."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from flask import g
from sqlalchemy import select

from cag_events import clock
from cag_events.accounts.models import Organisation
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.texts import Texts, pick
from cag_events.events.cards import Reader
from cag_events.events.models import KindWords
from cag_events.events.queries import programme_version
from cag_events.web.language import current_language
from cag_events.web.memo import remembered

T = TypeVar("T")
HOME = "Europe/Stockholm"  # until the organisation says where it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The organisation as a page shows it, in the reader's language."""

    name: str
    short: str
    notice: str
    about: str
    title: str
    city: str
    country: str
    email: str
    accessibility_contact: str
    privacy_contact: str
    tz: str


def version() -> int:
    """Return the programme's version, read once per request."""
    if "programme_version" not in g:
        g.programme_version = programme_version()[0]
    known: int = g.programme_version
    return known


def kept(key: Hashable, make: Callable[[], T]) -> T:
    """Return what was made for this key since the programme last changed; makes it if nothing was."""
    return remembered((version(), key), make)


def site() -> Site:
    """Return the organisation in the language of this request."""
    lang = current_language()
    return kept(("site", lang), lambda: _site(lang))


def reader() -> Reader:
    """Return for whom this request makes cards."""
    lang = current_language()
    home = site().tz
    return Reader(lang=lang, home=home, today=today(), kind_names=kept("kinds", _kind_names))


def today() -> date:
    """Return the day it is at the organisation."""
    return when.day_of(clock.now(), site().tz)


def _site(lang: str) -> Site:
    row = db.session.scalar(select(Organisation).order_by(Organisation.id).limit(1))
    if row is None:
        return Site(
            name="cag_events",
            short="cag_events",
            notice="",
            about="",
            title="",
            city="",
            country="",
            email="",
            accessibility_contact="",
            privacy_contact="",
            tz=HOME,
        )
    name = pick(row.name, lang).text

    def text(texts: Texts) -> str:
        return pick(texts, lang).text

    return Site(
        name=name,
        short=row.short or name,
        notice=text(row.notice),
        about=text(row.about),
        title=text(row.title),
        city=row.city,
        country=row.country,
        email=row.email,
        accessibility_contact=row.accessibility_contact or row.email,
        privacy_contact=row.privacy_contact or row.email,
        tz=row.tz or HOME,
    )


def _kind_names() -> Mapping[str, Mapping[str, str]]:
    return {row.key: dict(row.name) for row in db.session.scalars(select(KindWords)) if row.name}
