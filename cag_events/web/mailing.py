"""A letter in its reader's language, written outside of any request: one content, shown as text and as HTML.

Links are made on the site's own address from the settings, never on the host that somebody asked for.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app  # noqa: TID251 (addresses and templates belong to the application)

from cag_events.web import language
from cag_events.web.settings import base_url

MOST_BYTES = 30_000  # of the HTML part: mail programs cut what is longer


@dataclass(frozen=True, slots=True)
class Line:
    """A fact of a letter: its name, what it says, what it said before, in which language if not the letter's."""

    label: str
    text: str
    before: str = ""
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An address of ours with the words for it."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Code:
    """A code to be scanned, shown as a picture in the HTML: what it holds, its words for those who do not see it, and
    the line below it."""

    content: str
    alt: str
    caption: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """What one person is told: the fact first, then the lines about it, one thing to do, and further words."""

    subject: str
    heading: str
    greeting: str = ""
    paragraphs: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    code: Code | None = None
    action: Link | None = None
    after: tuple[str, ...] = ()  # paragraphs below the button
    links: tuple[Link, ...] = ()
    signature: str = ""
    why: str = ""  # why this person gets it
    contact: str = ""  # an address of people who answer
    unsubscribe: str = ""  # of news alone: the page that ends them


def address(endpoint: str, **values: Any) -> str:
    """Return the address of a page on the site's own address, whatever host is asked; lang is added by itself."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    base = urlsplit(base_url())
    app.inject_url_defaults(endpoint, values)
    adapter = app.url_map.bind(base.netloc, url_scheme=base.scheme)
    return adapter.build(endpoint, values, force_external=True)


def write(letter: Letter) -> tuple[str, str]:
    """Return the text and the HTML of a letter in the present language."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    context = {"letter": letter, "lang": language.current_language(), "site": base_url()}
    text, html = (app.jinja_env.get_template(f"mail/_letter.{form}").render(context) for form in ("txt", "html"))
    return text, html
