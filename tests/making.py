"""Factories for tests that drive a browser: each call has an application context of its own, as a request has."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from tests import factories


class Make:
    """make.event(…) is factories.make_event(…) within a context that ends with the call."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Callable[..., Any]:
        factory = getattr(factories, f"make_{name}")

        def call(*args: Any, **values: Any) -> Any:
            with self._app.app_context():
                return factory(*args, **values)

        return call
