"""What the tests of the public pages share."""

import pytest
from flask import Flask

from tests.making import Make


@pytest.fixture
def make(app: Flask) -> Make:
    """Factories whose contexts end before a page is fetched."""
    return Make(app)
