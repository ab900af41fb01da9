"""The headers of every response: pages, errors, redirects, static files, downloads, feeds."""

import re
from functools import partial

from flask import Flask, Response, request

from cag_events.config import Settings
from cag_events.web import session
from cag_events.web.access import access_of

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)
_OFF = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation gyroscope hid magnetometer "
    "microphone midi payment picture-in-picture screen-wake-lock serial usb xr-spatial-tracking"
)
ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _OFF.split()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "cag_events",
}
DOOR = "/door/"  # its page scans tickets: the camera, a wake lock, and a decoder in WebAssembly
CSP_AT_DOOR = CSP.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
POLICY_AT_DOOR = ", ".join(
    f"{name}=({'self' if name in ('camera', 'screen-wake-lock') else ''})" for name in _OFF.split()
)
EMBEDDED = "/embed/"
SECRET = ("/feeds/private/", "/feeds/own/")
NO_STORE = "no-store"
PUBLIC = "public, max-age=60"
FOR_EVER = "public, max-age=31536000, immutable"
_FOR_OTHER_SITES = re.compile(r"/(feeds/(?!private/|own/)[^?]*\.(ics|atom|json)|events/[^/]+\.ics|embed/.*)")


def init_app(app: Flask, settings: Settings) -> None:
    """Set the headers of all responses."""
    app.after_request(partial(_set, app, settings))


def _set(app: Flask, settings: Settings, response: Response) -> Response:
    headers = response.headers
    if request.path.startswith(DOOR) and response.mimetype == "text/html" and response.status_code < 400:
        headers["Content-Security-Policy"], headers["Permissions-Policy"] = CSP_AT_DOOR, POLICY_AT_DOOR
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)
    if _FOR_OTHER_SITES.fullmatch(request.path):
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if not request.path.startswith(EMBEDDED):
            headers["Access-Control-Allow-Origin"] = "*"  # of errors too, so that scripts elsewhere can tell them apart
        headers.remove("X-Frame-Options")
    if not settings.is_local:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    is_hidden = _is_hidden(app)
    if is_hidden:
        headers["X-Robots-Tag"] = "noindex"
    _set_caching(response, is_hidden=is_hidden)
    return response


def _is_hidden(app: Flask) -> bool:
    """Tell whether the address stands behind a login or a token."""
    if request.path.startswith(SECRET):
        return True  # whatever is asked of it
    if request.endpoint is None or request.endpoint == "static":
        return False
    return access_of(app, request.endpoint) != "public" or "token" in (request.view_args or {})


def _set_caching(response: Response, *, is_hidden: bool) -> None:
    headers = response.headers
    if request.endpoint == "static" and response.status_code in (200, 206, 304):
        headers["Cache-Control"] = FOR_EVER if request.args.get("v") else "public, max-age=3600"
    elif session.current().accessed or response.status_code >= 400:
        headers["Cache-Control"] = NO_STORE
    elif "Cache-Control" in headers and not (is_hidden and "token" not in (request.view_args or {})):
        return  # feeds know better
    elif is_hidden or request.path == "/" or response.status_code not in (200, 301, 304) or "Set-Cookie" in headers:
        headers["Cache-Control"] = NO_STORE
    else:
        headers["Cache-Control"] = PUBLIC
        response.vary.add("Accept-Encoding")
