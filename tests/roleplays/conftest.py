"""A browser for tests that keep an application context open beside it."""

from contextvars import Context
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cag_events.db import db, end_reading


class Browser(FlaskClient):
    """Each request has contexts of its own, as with a server; what it changed is read anew afterwards."""

    def open(self, *args: Any, **more: Any) -> TestResponse:
        """Send a request."""
        if has_app_context():
            end_reading()
        answer: TestResponse = Context().run(super().open, *args, **{**more, "buffered": True})
        if has_app_context():
            db.session.expire_all()
        return answer


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    app.test_client_class = Browser
    return app.test_client()
