"""Organizers' texts: Markdown in, safe HTML out. The only place that makes Markup."""

import hashlib
import threading
from collections import OrderedDict

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

MOST_BYTES = 20_000
MOST_KEPT = 2000
NESTING = 20
TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "h3", "h4", "hr", "code", "pre"}
SCHEMES = {"http", "https", "mailto"}
REL = "noopener noreferrer nofollow"

_parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": NESTING}).disable("image")
_kept: OrderedDict[bytes, Markup] = OrderedDict()
_lock = threading.Lock()


def render(text: str | None) -> Markup:
    """Return a text as safe HTML: paragraphs, lists, links, emphasis, two levels of headings below the page's own."""
    if not text:
        return Markup()
    text = str(text)
    digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
    with _lock:
        if digest in _kept:
            _kept.move_to_end(digest)
            return _kept[digest]
    html = _render(text)
    with _lock:
        _kept[digest] = html
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return html


def plain(text: str | None) -> str:
    """Return a text without its marks, on one line, for descriptions and mails."""
    if not text:
        return ""
    blocks = (
        "".join(" " if child.type.endswith("break") else child.content for child in token.children or ())
        for token in _parser.parse(_shortened(str(text)))
    )
    return " ".join(" ".join(blocks).split())


def _render(text: str) -> Markup:
    tokens = _parser.parse(_shortened(text))
    for token in tokens:
        _lower(token)
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(html, tags=TAGS, attributes={"a": {"href"}, "*": set()}, url_schemes=SCHEMES, link_rel=REL)
    return Markup(clean)  # noqa: S704 (cleaned on the line above)


def _shortened(text: str) -> str:
    return text.encode("utf-8", "replace")[:MOST_BYTES].decode("utf-8", "ignore")


def _lower(token: Token) -> None:
    """Put headings below those of the page: the first level becomes h3, all others h4."""
    if token.type in ("heading_open", "heading_close"):
        token.tag = "h3" if token.tag == "h1" else "h4"
