"""A real Chromium, and the site served to it; where there is no Chromium the tests that need one are skipped."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from werkzeug.serving import make_server

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
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
AXE = Path(__file__).parent.parent / "vendor"


def chromium() -> str | None:
    """Return the path of a Chromium, CAG_TEST_CHROMIUM first; None if there is none."""
    return os.environ.get("CAG_TEST_CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    """Start the browser without a window."""
    return playwright.chromium.launch(executable_path=chromium(), args=FLAGS)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an application on a free port of this machine; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
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
) -> Iterator[Page]:
    """Open a page as a new visitor; fails when it asks another host for anything or a script breaks."""
    context: BrowserContext = browser.new_context(
        base_url=address,
        viewport={"width": size["width"], "height": size["height"]},
        java_script_enabled=scripts,
        color_scheme="dark" if dark else "light",
        locale=language,
        reduced_motion="reduce",
    )
    faults: list[str] = []
    context.on(
        "request",
        lambda request: None if request.url.startswith((address, "data:", "blob:")) else faults.append(request.url),
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
    try:
        yield page
        assert faults == []
    finally:
        context.close()


def axe_faults(page: Page) -> list[str]:
    """Return what axe finds on a page against WCAG 2.2 AA and its best practice, a line each."""
    script = next(AXE.glob("axe-core-*/axe.min.js"), None) or next(AXE.glob("**/axe.min.js"))
    page.evaluate(script.read_text("utf-8"))  # evaluated by the debugger, so the page's own policy stays as it is
    found = page.evaluate(
        """async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
        'best-practice']})).violations.map(v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`)"""
    )
    return [str(line) for line in found]
