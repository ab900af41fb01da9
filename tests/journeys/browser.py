"""A real Chromium, and the site served to it; where there is no Chromium the tests that need one are skipped."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    Request,
    Response,
    expect,
)
from werkzeug.serving import WSGIRequestHandler, make_server

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--lang=en-US",  # of the browser itself, which its fields for dates follow
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PATIENCE = 20_000  # milliseconds that a page may take on a machine with much else to do
AXE = Path(__file__).parent.parent / "vendor"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WORDS = (
    *("aria-command-name", "aria-input-field-name", "aria-toggle-field-name", "area-alt", "button-name"),
    *("document-title", "empty-heading", "empty-table-header", "frame-title", "html-has-lang", "html-lang-valid"),
    *("image-alt", "image-redundant-alt", "input-button-name", "input-image-alt", "label", "label-title-only"),
    *("label-content-name-mismatch", "landmark-unique", "link-name", "role-img-alt", "select-name", "summary-name"),
    *("svg-img-alt", "target-size", "valid-lang"),
)  # the rules that words decide; what the others look at is the same in every language
SAY = "v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`"
COLOURS = """async read => {
    const known = new Set(read), grounds = new Map(), keys = new Map();
    const ground = one => {
        if (!one) return '';
        if (!grounds.has(one)) {
            const s = getComputedStyle(one);
            const own = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode].join();
            const is_plain = own === 'rgba(0, 0, 0, 0),none,1,none,normal';
            grounds.set(one, (is_plain ? '' : `${own}/`) + ground(one.parentElement));
        }
        return grounds.get(one);
    };
    for (const one of document.querySelectorAll('body, body *')) {
        const is_text = [...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (!is_text && !one.matches('input, select, textarea')) continue;
        const box = one.getBoundingClientRect();
        if (box.width < 2 || box.height < 2 || !one.checkVisibility({visibilityProperty: true})) continue;
        const s = getComputedStyle(one);
        const key = [s.color, s.fontSize, s.fontWeight, s.textShadow, s.position, ground(one)].join();
        if (!known.has(key)) keys.set(one, key);
        known.add(key);
    }
    if (!keys.size) return [[], []];
    const found = await axe.run({include: [...keys.keys()]}, {
        elementRef: true,
        resultTypes: ['violations', 'passes'],
        runOnly: {type: 'rule', values: ['color-contrast']},
    });
    const nodes = [...found.violations, ...found.passes].flatMap(rule => rule.nodes);
    const judged = nodes.map(node => keys.get(node.element));
    return [found.violations.map(SAY), judged.filter(key => key)];
}""".replace("SAY", SAY)


def chromium() -> str | None:
    """Return the path of a Chromium, CAG_TEST_CHROMIUM first; None if there is none."""
    return os.environ.get("CAG_TEST_CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    """Start the browser without a window."""
    expect.set_options(timeout=PATIENCE)
    return playwright.chromium.launch(executable_path=chromium(), args=FLAGS)


class _Handler(WSGIRequestHandler):
    """Answers without waiting for full packets, and says nothing of it."""

    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def served(make: Callable[[str], Flask]) -> Iterator[tuple[Flask, str]]:
    """Serve an application, made for its address, on a free port of this machine; gives it and the address."""
    server = make_server("127.0.0.1", 0, Flask("not_yet"), threaded=True, request_handler=_Handler)
    address = f"http://127.0.0.1:{server.server_port}"
    server.app = app = make(address)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield app, address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def visitor(
    browser: Browser,
    address: str,
    *,
    size: dict[str, int] = DESKTOP,
    scripts: bool = True,
    dark: bool = False,
    language: str = "sv-SE",
    zone: str | None = None,
    refusals: bool = False,
) -> Iterator[Page]:
    """Open a page as a new visitor.

    Fails when a page asks another host for anything, a script breaks, the console has an error, the content policy
    stops something, or something that a page loads is missing; with `refusals` the server may say no to a script.
    """
    context: BrowserContext = browser.new_context(
        base_url=address,
        viewport={"width": size["width"], "height": size["height"]},
        java_script_enabled=scripts,
        color_scheme="dark" if dark else "light",
        locale=language,
        timezone_id=zone,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    faults: list[str] = []
    context.on("request", lambda request: _look_at_request(request, address, faults))
    if not refusals:
        context.on("response", lambda response: _look_at_response(response, faults))
    context.on("console", lambda message: _look_at_message(message, faults))
    context.on("weberror", lambda error: faults.append(str(error.error)))
    page = context.new_page()
    try:
        yield page
        assert faults == []
    finally:
        context.close()


def press(control: Locator) -> Response:
    """Press a link or a button that leads to a page, wait until that page is there, and return its answer."""
    with control.page.expect_navigation() as navigation:
        control.click()
    return navigation.value


def _look_at_request(request: Request, address: str, faults: list[str]) -> None:
    if not request.url.startswith((address, "data:", "blob:")):
        faults.append(f"asked another host: {request.url}")


def _look_at_response(response: Response, faults: list[str]) -> None:
    if response.status >= 400 and response.request.resource_type != "document":
        faults.append(f"{response.status} {response.url}")


def _look_at_message(message: ConsoleMessage, faults: list[str]) -> None:
    """A page that answers 422 is an error to the console, and none to us."""
    is_page = message.text.startswith("Failed to load resource")
    if message.type == "error" and not is_page:
        faults.append(f"console: {message.text}")


def axe_faults(page: Page, only: Sequence[str] = (), *, besides: Sequence[str] = ()) -> list[str]:
    """Return what axe finds on a page against WCAG 2.2 AA and its best practice, or by some rules, a line each."""
    how: dict[str, Any] = {"runOnly": LEVELS, "rules": {"target-size": {"enabled": True}}}
    if only:
        how = {"runOnly": {"type": "rule", "values": list(only)}}
    for rule in besides:
        how["rules"][rule] = {"enabled": False}
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())  # evaluated by the debugger, so the page's own policy stays as it is
    found = page.evaluate(
        f"async how => (await axe.run(document, {{resultTypes: ['violations'], ...how}})).violations.map({SAY})", how
    )
    return [str(line) for line in found]


def contrast_faults(page: Page, read: set[str]) -> list[str]:
    """Return where axe finds too little contrast among the texts whose colours and ground are not in `read` yet.

    Those it could judge are put there; the page must have axe.
    """
    found, judged = page.evaluate(COLOURS, sorted(read))
    read.update(judged)
    return [str(line) for line in found]


def bring_axe(page: Page) -> None:
    """Let each page that is opened from now on have axe; axe_faults() brings it to a single one."""
    page.add_init_script(_axe())


@cache
def _axe() -> str:
    return next(AXE.glob("axe-core-*/axe.min.js")).read_text("utf-8")
