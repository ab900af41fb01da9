"""What other sites and programs are told of a page: its address, a picture in words, feeds of the same programme."""

from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _

from cag_events.web.language import current_language
from cag_events.web.richtext import plain
from cag_events.web.templating import absolute

LONGEST_TEXT = 300


class Share(NamedTuple):
    """What other sites show of a page."""

    title: str
    text: str
    url: str
    kind: str = "website"


def share(title: str, text: str, path: str, kind: str = "website") -> Share:
    """Return what other sites show of the page at a path."""
    return Share(title, plain(text)[:LONGEST_TEXT], absolute(path), kind)


def programme_feeds(query: str = "") -> list[tuple[str, str, str]]:
    """Return the feeds of the programme with the same filters: type, title, address."""
    lang = current_language()
    more = f"?{query}&lang={lang}" if query else f"?lang={lang}"
    return [
        ("text/calendar", _("Programme as a calendar"), absolute(url_for("feeds.programme_ics")) + more),
        ("application/atom+xml", _("Programme as Atom"), absolute(url_for("feeds.programme_atom")) + more),
        ("application/feed+json", _("Programme as JSON"), absolute(url_for("feeds.programme_json")) + more),
    ]
