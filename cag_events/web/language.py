"""In which language a request is answered: the address says so; machine addresses take `?lang=`, else the first."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from flask import Flask, g, has_app_context, request
from flask_babel import Babel, Domain, refresh
from werkzeug.exceptions import NotFound
from werkzeug.routing import RequestRedirect

from cag_events.web.settings import settings

COOKIE = "lang"


def languages() -> tuple[str, ...]:
    """Return the languages of this installation, the first is the default."""
    return settings().languages


def current_language() -> str:
    """Return the language of this request; outside of one what `use()` has set, else the default."""
    known: str | None = g.get("lang")
    return known or languages()[0]


class Catalogues(Domain):  # type: ignore[misc]
    """The texts of each language, found by its code: Flask-Babel's own way asks for a locale each time, which costs."""

    def __init__(self) -> None:
        super().__init__()
        self.by_language: dict[str, Any] = {}

    def get_translations(self) -> Any:
        """Return the texts of the language that is spoken now."""
        if not has_app_context():
            return super().get_translations()
        lang = current_language()
        if lang not in self.by_language:
            self.by_language[lang] = super().get_translations()
        return self.by_language[lang]


class Speech(Babel):  # type: ignore[misc]
    """Flask-Babel with our catalogues."""

    @cached_property
    def domain_instance(self) -> Catalogues:
        """Our texts."""
        return Catalogues()


def use(code: str) -> None:
    """Answer in this language from here on, as a mail does in its reader's."""
    g.lang = code
    refresh()


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Speak this language within the block, as far as the installation has it, whatever the request speaks."""
    before: str | None = g.get("lang")
    use(code if code in languages() else languages()[0])
    try:
        yield
    finally:
        if before is None:
            g.pop("lang", None)
        else:
            g.lang = before
        refresh()


def machine_language() -> str | None:
    """Return the language a machine address asks for with `?lang=`; None for one that does not exist."""
    code = request.args.get("lang", languages()[0])
    return code if code in languages() else None


def init_app(app: Flask) -> None:
    """Take the language out of addresses and put it into those that are made."""

    @app.url_value_preprocessor
    def take(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values is not None and "lang" in values:
            code = values.pop("lang")
            if code not in languages():
                raise NotFound
            g.lang = code

    @app.before_request
    def refuse_unknown() -> None:
        """Answer `/nonsense` with 404 at once, not with a redirect to `/nonsense/` and then 404."""
        first, _, rest = request.path.removeprefix("/").partition("/")
        if isinstance(request.routing_exception, RequestRedirect) and not rest and first not in languages():
            raise NotFound

    @app.url_defaults
    def give(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = current_language()
