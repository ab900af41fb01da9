"""Factories for tests that ask for pages."""

import pytest
from flask import Flask

from tests.making import Make


@pytest.fixture
def make(app: Flask) -> Make:
    """The factories, each call in a context of its own."""
    return Make(app)
