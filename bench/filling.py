"""One registration form, filled in as a browser does: cookie, token, key and age are those of the page."""

import re
from dataclasses import dataclass
from html import unescape
from itertools import count
from urllib.parse import urlencode

from flask import Flask

from bench import client
from bench.asking import Ask

_HIDDEN = re.compile(r"<input[^>]*type=\"hidden\"[^>]*>")
_numbers = count()


@dataclass(frozen=True)
class Filled:
    """A form that is ready to be sent, once."""

    path: str
    cookie: str
    fields: dict[str, str]

    def post(self, app: Flask) -> Ask:
        """Return the POST as a WSGI call."""
        return Ask(app, self.path, {"Cookie": self.cookie}, self.fields)

    def request(self, kind: str) -> client.Request:
        """Return the POST for a server."""
        return client.post(kind, self.path, urlencode(self.fields).encode(), Cookie=self.cookie)


def filled(app: Flask, path: str) -> Filled:
    """Fetch a page with a form and fill the form in."""
    page = Ask(app, path).expect(200)
    fields = read_form(page.body.decode(), f"visitor-{next(_numbers)}@example.org")
    return Filled(path, page.headers["Set-Cookie"].partition(";")[0], fields)


def read_form(html: str, email: str, **answers: str) -> dict[str, str]:
    """Return what a browser sends of a page's form, with a name, an address and further answers typed in."""
    form = next(part for part in html.split("<form")[1:] if "csrf_token" in part).partition("</form>")[0]
    fields = {_part(tag, "name"): _part(tag, "value") for tag in _HIDDEN.findall(form)}
    fields |= {"name": "Aida Example", "email": email, "segment": ""}
    if "first_time" in form:
        fields["first_time"] = ""
    return fields | answers


def _part(tag: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""
