"""The settings of the application that serves this request or does this work."""

from flask import Flask, current_app  # noqa: TID251 (the settings belong to the application)

from cag_events.config import Settings

_NAME = "cag_settings"


def init_app(app: Flask, settings: Settings) -> None:
    """Give the application its settings."""
    app.extensions[_NAME] = settings


def settings_of(app: Flask) -> Settings:
    """Return an application's settings."""
    settings: Settings = app.extensions[_NAME]
    return settings


def settings() -> Settings:
    """Return the settings of the present application."""
    return settings_of(current_app)


def base_url() -> str:
    """Return what every address that leaves the program begins with; never taken from a request."""
    return settings().base_url.rstrip("/")
