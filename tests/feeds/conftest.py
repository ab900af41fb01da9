"""What the tests of feeds share."""

import pytest
from flask import Flask

from tests.factories import make_campaign, make_event, make_segment, make_theme


@pytest.fixture
def programme(app: Flask) -> Flask:
    """One lecture, found by every address."""
    return _with_lecture(app)


@pytest.fixture
def any_programme(any_app: Flask) -> Flask:
    """The same, on SQLite and on PostgreSQL."""
    return _with_lecture(any_app)


def _with_lecture(app: Flask) -> Flask:
    with app.app_context():
        make_event(
            key="talk",
            title={"sv": "Vatten i Aral", "en": "Water in Aral"},
            themes=[make_theme("gender")],
            segments=[make_segment("students")],
            campaign=make_campaign(),
        )
    return app
