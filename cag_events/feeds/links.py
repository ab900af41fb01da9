"""A public feed's address in all the forms that programs want."""

from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

from flask import url_for
from flask_babel import gettext as _

from cag_events.feeds.filters import Active, Filters, combine
from cag_events.feeds.options import DEFAULT, Options
from cag_events.web.language import current_language, languages
from cag_events.web.settings import base_url

SHORT: Final = {"theme": "themes", "segment": "segments", "campaign": "campaigns"}  # addresses to print on paper


class Links(NamedTuple):
    """One feed's address in all the forms that programs want."""

    address: str
    webcal: str
    google: str
    outlook: str
    microsoft: str
    atom: str
    json: str
    qr: str


def address_of(filters: Filters, lang: str, options: Options = DEFAULT) -> str:
    """Return the shortest path of a feed with these filters."""
    pairs = [(item.name, item.value) for item in filters.active]
    path = "/feeds/programme.ics"
    if len(pairs) == 1 and pairs[0][0] in SHORT:
        name, value = pairs.pop()
        path = f"/feeds/{SHORT[name]}/{quote(value)}.ics"
    if lang != languages()[0]:
        pairs.append(("lang", lang))
    pairs += options.pairs
    return path + ("?" + urlencode(pairs) if pairs else "")


def links_of(filters: Filters, lang: str, options: Options = DEFAULT) -> Links:
    """Return a feed's address in all its forms; readers have no hours and no richer profile."""
    address = base_url() + address_of(filters, lang, options)
    of_readers = Options(without_cancelled=options.without_cancelled).pairs
    query = query_with(filters.active, [("lang", lang), *of_readers])
    more = urlencode({"url": address, "name": _("Events")})
    webcal = "webcal:" + address.partition(":")[2]
    return Links(
        address=address,
        webcal=webcal,
        google="https://calendar.google.com/calendar/r?" + urlencode({"cid": webcal}),
        outlook="https://outlook.live.com/calendar/0/addfromweb?" + more,
        microsoft="https://outlook.office.com/calendar/0/addfromweb?" + more,
        atom=f"{base_url()}/feeds/programme.atom?{query}",
        json=f"{base_url()}/feeds/programme.json?{query}",
        qr=url_for("feeds.qr") + "?" + query_with(filters.active, [("lang", lang), *options.pairs]),
    )


def query_with(active: Iterable[Active], more: Iterable[tuple[str, str]]) -> str:
    """Return the query of an address with filters and what else it asks for."""
    return urlencode([*((item.name, item.value) for item in active), *more])


def links_of_topic(name: str, key: str) -> Links:
    """Return the address of a theme's or a campaign's feed in all its forms, in the language of the page."""
    lang = current_language()
    return links_of(combine({name: [key]}, lang), lang)
