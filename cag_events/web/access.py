"""Who may open a view: every view says so with one of these, and the application refuses to start if one does not."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, redirect, request, url_for
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue

from cag_events.permissions import Permission, require
from cag_events.web.actor import actor
from cag_events.web.gate import SAFE
from cag_events.web.session import recently_confirmed

P = ParamSpec("P")
V = TypeVar("V", bound=Callable[..., ResponseReturnValue])
ACCESS = "cag_access"


def public(view: V) -> V:
    """Anybody may open this view; what it shows is still disclosed by circle."""
    setattr(view, ACCESS, "public")
    return view


def signed_in(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Anybody who is signed in may open this view."""
    return _guarded(view, "signed_in", None)


def needs(permission: Permission) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Only those with the permission may open this view."""

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        return _guarded(view, permission.value, permission)

    return decorate


def _guarded(
    view: Callable[P, ResponseReturnValue], mark: str, permission: Permission | None
) -> Callable[P, ResponseReturnValue]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        who = actor()
        if who.account_id is None:
            return redirect(url_for("accounts.login", next=_way_back()), 303)
        if permission is not None:
            require(who, permission)
        return view(*args, **kwargs)

    setattr(guarded, ACCESS, mark)
    return guarded


def confirmed(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Ask for the password again unless it was given within the last 15 minutes; stands below @needs or @signed_in."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not recently_confirmed():
            return redirect(url_for("accounts.confirm", next=_way_back()), 303)
        return view(*args, **kwargs)

    return guarded


def _way_back() -> str | None:
    """Return the address to come back to: this one, if it can be opened without sending anything."""
    if request.method in SAFE:
        return request.full_path.rstrip("?")
    adapter = request_ctx.url_adapter
    return request.path if adapter and adapter.test(request.path, method="GET") else None


def access_of(app: Flask, endpoint: str) -> str | None:
    """Return what a view declared: public, signed_in or a permission; None if it said nothing."""
    return getattr(app.view_functions[endpoint], ACCESS, None)


def require_declared(app: Flask) -> None:
    """Refuse to start with a view that does not say who may open it."""
    silent = [name for name in app.view_functions if name != "static" and access_of(app, name) is None]
    if silent:
        raise RuntimeError("views without @public, @signed_in or @needs: " + ", ".join(sorted(silent)))
