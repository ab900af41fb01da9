"""How a letter reads as plain text and as HTML."""

from flask import Flask

from cag_events.web.mailing import Letter, Line, Link, write


def test_text_of_a_letter_puts_no_colon_after_a_question(app: Flask) -> None:
    links = (Link("Cannot come?", "https://example.org/a"), Link("The page", "https://example.org/b"))

    with app.test_request_context():
        text, _html = write(Letter(subject="S", heading="H", links=links))

    assert text.split("\n\n", 1)[1].strip().splitlines() == [
        "Cannot come?",
        "https://example.org/a",
        "",
        "The page:",
        "https://example.org/b",
    ]


def test_html_of_a_letter_breaks_long_addresses_on_a_phone(app: Flask) -> None:
    with app.test_request_context():
        _text, html = write(Letter(subject="S", heading="H", lines=(Line("Room", "https://example.org/" + "x" * 90),)))

    assert "td { overflow-wrap: anywhere;" in html
