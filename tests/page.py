"""Fetches a page as a browser without scripts does, refuses what no page may be, and gives what it holds."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient

from cag_events.db import count_statements

LABELLED = ("input", "select", "textarea")
UNLABELLED_TYPES = ("hidden", "submit", "button")


@dataclass(frozen=True)
class Page:
    """A page that was answered: its status, headers and tree."""

    status: int
    headers: Any
    html: str
    tree: Element

    @property
    def title(self) -> str:
        """The document's title."""
        return words(self.one("title"))

    @property
    def heading(self) -> str:
        """The words of its one h1."""
        return words(self.one("h1"))

    @property
    def main(self) -> str:
        """The words of the main part."""
        return words(self.one("main"))

    @property
    def structured(self) -> Any:
        """The JSON-LD of the page, None if it has none."""
        found = [e for e in self.all("script") if e.get("type") == "application/ld+json"]
        return json.loads(found[0].text or "") if found else None

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements of a tag with these attributes; class_ means one of its classes."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [e for e in self.tree.iter(tag) if all(_has(e, name, value) for name, value in wanted.items())]

    def one(self, tag: str, **attributes: str) -> Element:
        """The one element of a tag with these attributes."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} × {tag} {attributes}"
        return found[0]

    def links(self, tag: str = "a") -> dict[str, str]:
        """The addresses by the words of their links."""
        return {words(e): e.get("href", "") for e in self.all(tag)}


def page(client: FlaskClient, path: str, status: int = 200) -> Page:
    """Fetch a page; fails unless it has a title, one h1, unique ids, labelled fields and a token in each POST form."""
    answer = client.get(path)
    assert answer.status_code == status, f"{path}: {answer.status_code} {answer.headers.get('Location', '')}"
    return check(path, answer)


def check(path: str, answer: Any) -> Page:
    """Check an answer as page() does."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(answer.text)
    assert parser.errors == [], f"{path} is no HTML: {parser.errors}"
    shown = Page(answer.status_code, answer.headers, answer.text, tree)
    assert shown.title.strip(), f"{path} has no title"
    assert tree.get("lang"), f"{path} does not say its language"
    assert len(shown.all("h1")) == 1, f"{path} has {len(shown.all('h1'))} h1"
    twice = [name for name, number in Counter(e.get("id") for e in tree.iter() if e.get("id")).items() if number > 1]
    assert not twice, f"{path} has ids twice: {twice}"
    assert not _unlabelled(tree), f"{path} has fields without a label: {_unlabelled(tree)}"
    for form in tree.iter("form"):
        if (form.get("method") or "get").lower() == "post":
            names = [e.get("name") or "" for e in form.iter("input")]
            assert any(name.endswith("csrf_token") for name in names), f"{path} has a form without a token"
    dead = [e.get("href") for e in tree.iter("a") if (e.get("href") or "") in ("", "#")]
    assert not dead, f"{path} has links that lead nowhere"
    for anchor in [e.get("href", "") for e in tree.iter("a") if (e.get("href") or "").startswith("#")]:
        assert any(e.get("id") == anchor[1:] for e in tree.iter()), f"{path} has no {anchor}"
    inline = [e.tag for e in tree.iter() if any(name == "style" or name.startswith("on") for name in e.attrib)]
    assert not inline, f"{path} has inline styles or handlers in {inline}"
    return shown


def words(element: Element) -> str:
    """The text within an element, without what is hidden from readers, in single spaces."""
    return re.sub(r"\s+", " ", _text(element)).strip()


def _text(element: Element) -> str:
    if element.get("aria-hidden") == "true" or element.tag in ("script", "style"):
        return ""
    return (element.text or "") + "".join(_text(child) + (child.tail or "") for child in element)


def _has(element: Element, name: str, value: str) -> bool:
    if name == "class":
        return value in (element.get("class") or "").split()
    return element.get(name) == value


def _unlabelled(tree: Element) -> list[str]:
    labels = {e.get("for") for e in tree.iter("label")}
    wrapped = {id(e) for label in tree.iter("label") for e in label.iter() if e is not label}
    return [
        e.get("name") or e.tag
        for e in tree.iter()
        if e.tag in LABELLED
        and e.get("type") not in UNLABELLED_TYPES
        and e.get("id") not in labels
        and id(e) not in wrapped
        and not e.get("aria-label")
        and not e.get("aria-labelledby")
    ]


def statements(client: FlaskClient, path: str) -> int:
    """How many SQL statements a page takes once the memory is warm."""
    client.get(path)
    with client:
        client.get(path)
        return count_statements()
