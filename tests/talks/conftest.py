"""What the tests of the talks share."""

import pytest
from flask import Flask

from tests.making import Make


@pytest.fixture
def make(app: Flask) -> Make:
    """Factories whose contexts end before a page is fetched."""
    return Make(app)


@pytest.fixture
def any_make(any_app: Flask) -> Make:
    """The same on each database."""
    return Make(any_app)
