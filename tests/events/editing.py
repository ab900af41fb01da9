"""What tests of the editor share: a page's form as a browser would send it back."""

from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient


class _Form(HTMLParser):
    """Collects what a browser sends of the form with an id, its buttons aside."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id, self.inside = form_id, False
        self.fields: list[tuple[str, str]] = []
        self.select: str | None = None
        self.multiple = False
        self.options: list[tuple[str, bool]] = []
        self.area: str | None = None
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = dict(attrs)
        if tag == "form":
            self.inside = self.form_id in (a.get("id"), a.get("action") or "")
        if not self.inside:
            return
        name = a.get("name") or ""
        if tag == "input" and name and "disabled" not in a:
            kind = a.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in a:
                    self.fields.append((name, (a["value"] or "") if "value" in a else "on"))
            elif kind not in ("submit", "button"):
                self.fields.append((name, a.get("value") or ""))
        elif tag == "select":
            self.select, self.multiple, self.options = name, "multiple" in a, []
        elif tag == "option" and self.select:
            self.options.append((a.get("value") or "", "selected" in a))
        elif tag == "textarea":
            self.area, self.text = name, ""

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select" and self.select:
            chosen = [value for value, on in self.options if on]
            if not chosen and not self.multiple and self.options:
                chosen = [self.options[0][0]]
            self.fields += [(self.select, value) for value in chosen]
            self.select = None
        elif tag == "textarea" and self.area is not None:
            self.fields.append((self.area, self.text.removeprefix("\r\n").removeprefix("\n").replace("\n", "\r\n")))
            self.area = None


def form_of(html: str, form_id: str = "editor") -> dict[str, list[str]]:
    """Return the fields of a page's form as a browser would send them."""
    parser = _Form(form_id)
    parser.feed(html)
    fields: dict[str, list[str]] = {}
    for name, value in parser.fields:
        fields.setdefault(name, []).append(value)
    return fields


def open_form(client: FlaskClient, path: str, form_id: str = "editor") -> dict[str, Any]:
    """Open a page and return its form."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return form_of(answer.text, form_id)
