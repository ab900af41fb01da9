"""Text and addresses on their way into a calendar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.calendar import clean_text, safe_uri


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\x85", "\u2028", "\u2029", "\x0b", "\x0c"])
def test_clean_text_writes_lf_for_every_line_end(end):
    assert clean_text(f"one{end}two") == "one\ntwo"


@pytest.mark.parametrize("control", ["\x00", "\x07", "\x1b", "\x7f", "\x80", "\x9f", "\ufeff", "\u202a", "\u202e"])
def test_clean_text_removes_controls_and_overrides(control):
    assert clean_text(f"Hear{control}ing") == "Hearing"


def test_clean_text_keeps_joiners_marks_and_isolates():
    assert clean_text("👩\u200d🌾 \u2068عربي\u2069\u200f") == "👩\u200d🌾 \u2068عربي\u2069\u200f"


def test_clean_text_makes_a_space_of_a_tab():
    assert clean_text("one\ttwo") == "one two"


def test_clean_text_composes_letters():
    assert clean_text("Go\u0308teborg") == "G\u00f6teborg"


def test_clean_text_joins_lines_if_there_may_be_one_only():
    assert clean_text(" Hearing \r\n\r\n  on water\n", single_line=True) == "Hearing on water"


@pytest.mark.parametrize("half", [chr(0xD800), chr(0xDFFF)])
def test_clean_text_refuses_half_a_surrogate_pair(half):
    with pytest.raises(ValueError, match="surrogate"):
        clean_text(f"a{half}b")


@given(st.text(), st.booleans())
def test_clean_text_changes_nothing_the_second_time(text, single_line):
    cleaned = clean_text(text, single_line)

    assert clean_text(cleaned, single_line) == cleaned


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/sv/events/x?lang=sv&a=b,c#del", "https://example.org/sv/events/x?lang=sv&a=b,c#del"),
        ("http://example.org", "http://example.org"),
        (" https://example.org/å b;c ", "https://example.org/%C3%A5%20b;c"),
        ("https://example.org/%C3%A5", "https://example.org/%C3%A5"),
        ("https://räksmörgås.example.org:8443/", "https://xn--rksmrgs-5wao1o.example.org:8443/"),
        ("https://[2001:db8::1]:443/x", "https://[2001:db8::1]:443/x"),
        ('https://example.org/"<x>"', "https://example.org/%22%3Cx%3E%22"),
        ("https://example.org/50%", "https://example.org/50%25"),
    ],
)
def test_safe_uri_returns_ascii(url, expected):
    assert safe_uri(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/x",
        "//example.org/x",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/x",
        "mailto:events@example.org",
        "https://",
        "https:///path",
        "https://example.org@evil.example/",
        "https://user:secret@example.org/",
        "https://example.org/\r\nATTENDEE:x",
        "https://example.org/\n",
        "https://example.org/\u2028x",
        "https://example.org/\u202egro",
        "https://example.org/\ud800",
        "https://exa mple.org/",
        "https://example.org:port/",
        "https://..example.org/",
    ],
)
def test_safe_uri_refuses_what_is_no_web_address(url):
    with pytest.raises(ValueError, match=r".+"):
        safe_uri(url)
