"""Public pages as they were printed, kept in this process while all that they say still holds.

What is kept is the same for everybody: it is printed with gaps where a form has hidden values of its visitor, and the
gaps are filled for each. Whoever carries a message for the next page gets a page of their own.
"""

import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Final

from flask import Flask, current_app, request  # noqa: TID251 (the pages belong to the application)

from cag_events import clock
from cag_events.web import session
from cag_events.web.language import current_language
from cag_events.web.organisation import state_of_site

MOST_CHARACTERS: Final = 6_000_000  # of all pages in one process
LONGEST_QUERY: Final = 300
_SECRET: Final = secrets.token_hex(12)  # so that nobody can type a gap
_GAP: Final = re.compile(f"gap-{_SECRET}-([a-z_]+)")

Parts = tuple[str, ...]  # text, the name of a gap, text …


def gap(name: str) -> str:
    """Return what is printed in place of a value that is a visitor's own."""
    return f"gap-{_SECRET}-{name}"


def page(what: Hashable, make: Callable[[], str], fill: Callable[[], Mapping[str, str]] | None = None) -> str:
    """Return this request's page as it was printed for the same address, language, minute and organisation.

    `what`: all else that the page depends on, the programme's version and the seats it tells above all. `fill` gives
    the values of the gaps by name, if the page has any.
    """
    pages: _Pages = current_app.extensions["cag_kept_pages"]
    visit, query = session.current(), request.query_string
    if visit.accessed or visit.has_values or len(query) > LONGEST_QUERY:
        parts = _parts(make())
    else:
        minute = clock.now().replace(second=0)
        key = (request.path, query, current_language(), minute, state_of_site(), what)
        known = pages.find(key)
        parts = known or _parts(make())
        if known is None and not visit.was_asked_who:
            pages.keep(key, parts)
    if len(parts) == 1 or fill is None:
        return parts[0]
    values = fill()
    return "".join(values[part] if number % 2 else part for number, part in enumerate(parts))


def init_app(app: Flask) -> None:
    """Give the application its kept pages."""
    app.extensions["cag_kept_pages"] = _Pages()


def _parts(html: str) -> Parts:
    return tuple(_GAP.split(html))


class _Pages:
    """The pages used last, up to a size."""

    def __init__(self) -> None:
        self.pages: OrderedDict[Hashable, Parts] = OrderedDict()
        self.size = 0
        self.lock = threading.Lock()

    def find(self, key: Hashable) -> Parts | None:
        """Return a page, the last one to be thrown away now."""
        with self.lock:
            if key in self.pages:
                self.pages.move_to_end(key)
            return self.pages.get(key)

    def keep(self, key: Hashable, parts: Parts) -> None:
        """Keep a page; those not used for longest go."""
        with self.lock:
            if key not in self.pages:
                self.pages[key] = parts
                self.size += sum(map(len, parts))
            while self.size > MOST_CHARACTERS:
                _, gone = self.pages.popitem(last=False)
                self.size -= sum(map(len, gone))
