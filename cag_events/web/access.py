"""Who may open a view: every view says so with one of these, and the application refuses to start if one does not."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue

from cag_events.permissions import Permission, require
from cag_events.web.actor import actor

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
            return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")), 303)
        if permission is not None:
            require(who, permission)
        return view(*args, **kwargs)

    setattr(guarded, ACCESS, mark)
    return guarded


def access_of(app: Flask, endpoint: str) -> str | None:
    """Return what a view declared: public, signed_in or a permission; None if it said nothing."""
    return getattr(app.view_functions[endpoint], ACCESS, None)


def require_declared(app: Flask) -> None:
    """Refuse to start with a view that does not say who may open it."""
    silent = [name for name in app.view_functions if name != "static" and access_of(app, name) is None]
    if silent:
        raise RuntimeError("views without @public, @signed_in or @needs: " + ", ".join(sorted(silent)))
