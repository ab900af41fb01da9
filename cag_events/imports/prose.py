"""Texts of others: HTML to Markdown, and what may stand in a title or an address."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Final

import nh3

from cag_events.domain.calendar.text import clean_text, safe_uri

_TAG: Final = re.compile(
    r"<(?:/?(?:p|br|div|a|b|i|u|em|strong|ul|ol|li|span|html|body|h[1-6]|table|td|font)\b[^<>]*)>", re.IGNORECASE
)
_KEPT: Final = {
    "p",
    "br",
    "div",
    "a",
    "b",
    "strong",
    "i",
    "em",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "tr",
    "table",
}
_BLOCKS: Final = {"p", "div", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4"}
_MANY_LINES: Final = re.compile(r"\n[ \n]*\n")
_MARKS: Final = re.compile(r"([\\*_`\[\]<>#])")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"\]]+")


class _Markdown(HTMLParser):
    """Writes cleaned HTML as Markdown: paragraphs, lists, links, emphasis."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._links: list[tuple[str, int]] = []
        self._lists: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, a link, an emphasis."""
        if tag == "br":
            self.parts.append("\n")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.parts)))
        elif tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else -1)
            self.parts.append("\n\n")
        elif tag == "li":
            number = self._lists.pop() if self._lists else -1
            self._lists.append(number + 1 if number >= 0 else -1)
            self.parts.append(f"\n{number + 1}. " if number >= 0 else "\n- ")
        elif tag in _BLOCKS:
            self.parts.append("\n\n")
        elif tag in ("b", "strong", "i", "em"):
            self.parts.append("")

    def handle_endtag(self, tag: str) -> None:
        """End what was begun."""
        if tag == "a" and self._links:
            href, begun = self._links.pop()
            text = " ".join("".join(self.parts[begun:]).split())
            del self.parts[begun:]
            self.parts.append(_link(text, href))
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
            self.parts.append("\n\n")
        elif tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        """Keep a text; marks of Markdown in it are no marks."""
        self.parts.append(_MARKS.sub(r"\\\1", re.sub(r"\s+", " ", data)))


def _link(text: str, href: str) -> str:
    url = safe_url(href)
    if not url:
        return text
    return f"<{url}>" if not text or unescape(text).replace("\\", "") in (href, url) else f"[{text}]({url})"


def prose(text: str) -> str:
    """Return a description as Markdown: HTML is turned into it, plain text stays as it is."""
    if _TAG.search(text):
        clean = nh3.clean(text, tags=_KEPT, attributes={"a": {"href"}}, url_schemes={"http", "https"}, link_rel=None)
        parser = _Markdown()
        parser.feed(clean)
        parser.close()
        text = clean_text("".join(parser.parts))
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _MANY_LINES.sub("\n\n", lines).strip()


def one_line(text: str) -> str:
    """Return a title or a place on one line, without HTML."""
    if _TAG.search(text) or "&amp;" in text:
        text = unescape(nh3.clean(text, tags=set()))
    return clean_text(text, single_line=True)


def safe_url(text: str) -> str:
    """Return an http or https address, nothing for what is none."""
    try:
        return safe_uri(text.strip()) if len(text) <= 1000 else ""
    except ValueError:
        return ""
