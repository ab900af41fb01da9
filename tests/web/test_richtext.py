"""Organizers' Markdown becomes a short list of safe tags."""

import pytest
from markupsafe import Markup

from cag_events.web.richtext import MOST_BYTES, plain, render


def test_render_writes_paragraphs_lists_links_and_emphasis() -> None:
    html = render("Hej **du**, [läs](https://example.org/a?b=1&c=2)\n\n- ett\n- två")

    assert html == Markup(
        '<p>Hej <strong>du</strong>, <a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">läs'
        "</a></p>\n<ul>\n<li>ett</li>\n<li>två</li>\n</ul>\n"
    )


def test_render_puts_headings_below_the_page() -> None:
    assert render("# A\n\n## B\n\n###### C") == Markup("<h3>A</h3>\n<h4>B</h4>\n<h4>C</h4>\n")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,AAAA)",
        "[x](vbscript:x)",
        "![x](https://example.org/pixel.png)",
        "<a href='//evil' onclick=x>x</a>",
        '[x](https://example.org "onmouseover=alert(1)")',
        "<style>*{}</style>",
        "<iframe src=https://example.org></iframe>",
        "[x]: javascript:alert(1)\n[x]",
        "<svg/onload=alert(1)>",
        "`<b onclick=x>`",
    ],
)
def test_render_leaves_nothing_that_runs_or_loads(text: str) -> None:
    html = str(render(text))

    tags = html.replace("&lt;", "").replace("&gt;", "").lower()
    for wanted in ("<script", "<img", "<style", "<iframe", "<svg", "<b ", 'href="javascript', 'href="data', 'href="vb'):
        assert wanted not in tags
    assert "title=" not in tags


def test_render_shortens_what_is_too_long() -> None:
    assert len(render("å" * MOST_BYTES)) == len("<p></p>\n") + MOST_BYTES // 2


def test_render_survives_deep_nesting() -> None:
    assert render("> " * 5000 + "x").count("<blockquote>") <= 20


def test_render_gives_empty_markup_for_nothing() -> None:
    assert render(None) == render("") == Markup()


def test_plain_leaves_the_words() -> None:
    assert plain("# Rubrik\n\nHej **du**\nigen, [läs](https://example.org) `kod`") == "Rubrik Hej du igen, läs kod"
