"""The organisation whose site this is, as pages show it; read rarely, since it hardly ever changes."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from flask import Flask, current_app  # noqa: TID251 (the organisation is kept by the application)
from flask_babel import gettext
from sqlalchemy.exc import SQLAlchemyError

from cag_events.domain.texts import Texts, pick
from cag_events.domain.when import HOME
from cag_events.web import log
from cag_events.web.language import current_language

KEPT_SECONDS = 30


@dataclass(frozen=True)
class Site:
    """The organisation of this installation, as plain values."""

    name: Texts = field(default_factory=dict)
    short: str = ""
    notice: Texts = field(default_factory=dict)
    title: Texts = field(default_factory=dict)
    about: Texts = field(default_factory=dict)
    email: str = ""
    city: str = ""
    country: str = ""
    tz: str = HOME
    accessibility_contact: str = ""
    privacy_contact: str = ""


class SiteWords:
    """The organisation in the reader's language; `facts` holds the rest."""

    def __init__(self, facts: Site, lang: str) -> None:
        self.facts = facts
        self.name = pick(facts.name, lang).text or gettext("Events")
        self.short = facts.short or self.name
        self.notice = pick(facts.notice, lang).text
        self.title = pick(facts.title, lang).text or self.name
        self.about = pick(facts.about, lang).text


class _Sites:
    """Keeps the organisation for a while; goes on with the last one when the database is away."""

    def __init__(self, load: Callable[[], Site | None]) -> None:
        self.load = load
        self.site: Site | None = None
        self.number = 0  # rises when it is another
        self.read_at = 0.0

    def get(self) -> Site:
        """Return the organisation, or what stands for it in a new installation."""
        if self.site is None or monotonic() - self.read_at > KEPT_SECONDS:
            try:
                before, self.site = self.site, self.load() or Site()
                self.number += self.site != before
            except SQLAlchemyError as fault:
                log.fault(fault, logging.WARNING)
            self.read_at = monotonic()
        return self.site or Site()


def site() -> SiteWords:
    """Return the organisation in the reader's language, as pages have it in `site`."""
    sites: _Sites = current_app.extensions["cag_sites"]
    return SiteWords(sites.get(), current_language())


def state_of_site() -> int:
    """Return a number that is another when the organisation has changed, for what is kept of it."""
    sites: _Sites = current_app.extensions["cag_sites"]
    sites.get()
    return sites.number


def init_app(app: Flask, load: Callable[[], Site | None]) -> None:
    """Give the application its organisation; `load` reads it from the database."""
    app.extensions["cag_sites"] = _Sites(load)
