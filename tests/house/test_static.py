"""What browsers are sent: light, readable, complete, and as it came from its makers."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
STATIC = ROOT / "cag_events" / "static"
TEMPLATES = ROOT / "cag_events" / "templates"
PUBLIC_CSS = ("base", "components", "site")
THEMES = ("env", "gen", "you", "con")
TINTED = (*THEMES, "error", "ok", "warn", "accent")

Palette = dict[str, str]


def _blocks() -> dict[str, Palette]:
    """Return the colours of base.css: light, dark by the system, dark by the switch."""
    css = (STATIC / "css" / "base.css").read_text(encoding="utf-8")
    selectors = {
        "light": r":root \{\s*color-scheme: light;",
        "system": r':root:not\(\[data-theme="light"\]\) \{',
        "switch": r':root\[data-theme="dark"\] \{',
    }
    found = {}
    for name, selector in selectors.items():
        body = re.search(selector + r"(.*?)\}", css, re.DOTALL)
        assert body, name
        found[name] = dict(re.findall(r"--([\w-]+): ([^;]+);", body[1]))
    return found


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    full = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = [int(full[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    """Return the ratio of WCAG 2.2, success criterion 1.4.3."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _gzipped(*paths: Path) -> int:
    return sum(len(gzip.compress(path.read_bytes(), mtime=0)) for path in paths)


def test_contrast_reaches_its_known_value_for_black_on_white() -> None:
    assert (_contrast("#000000", "#fff"), round(_contrast("#767676", "#ffffff"), 2)) == (21.0, 4.54)


@pytest.mark.parametrize("scheme", ["light", "system"])
def test_text_is_readable_on_every_ground_it_stands_on(scheme: str) -> None:
    colours = _blocks()[scheme]
    grounds = ("bg", "surface", "sunken")
    pairs = [(text, ground) for text in ("ink", "muted", "accent", "accent-strong") for ground in grounds]
    pairs += [(text, ground) for text in (*THEMES, "error", "ok", "warn") for ground in ("bg", "surface")]
    pairs += [(text, f"{text}-tint") for text in TINTED] + [("ink", f"{name}-tint") for name in TINTED]
    pairs += [("on-accent", "accent"), ("on-accent", "accent-strong")] + [("surface", name) for name in THEMES]

    faint = [(text, ground) for text, ground in pairs if _contrast(colours[text], colours[ground]) < 4.5]

    assert faint == []


@pytest.mark.parametrize("scheme", ["light", "system"])
def test_edges_of_controls_are_visible(scheme: str) -> None:
    colours = _blocks()[scheme]

    faint = [ground for ground in ("bg", "surface", "sunken") if _contrast(colours["line"], colours[ground]) < 3]

    assert faint == []


def test_dark_colours_are_the_same_by_system_and_by_switch() -> None:
    blocks = _blocks()

    assert blocks["switch"] == blocks["system"]


def test_dark_colours_answer_every_light_colour() -> None:
    blocks = _blocks()

    assert set(blocks["system"]) == set(blocks["light"])


def test_css_of_public_pages_stays_within_its_budget() -> None:
    assert _gzipped(*(STATIC / "css" / f"{name}.css" for name in PUBLIC_CSS)) <= 18 * 1024


def test_css_of_the_workspace_stays_within_its_budget() -> None:
    assert _gzipped(*(STATIC / "css" / f"{name}.css" for name in (*PUBLIC_CSS, "workspace"))) <= 24 * 1024


def test_scripts_of_forms_stay_small() -> None:
    assert _gzipped(*(STATIC / "js" / f"{name}.js" for name in ("theme", "components"))) <= 6 * 1024


def test_what_people_typed_breaks_wherever_it_must() -> None:
    """An answer without a space makes no page of the team wider than the phone."""
    css = (STATIC / "css" / "components.css").read_text("utf-8")

    assert re.search(r"\.facts dd \{[^}]*overflow-wrap: anywhere", css)


def test_styles_ask_no_other_host_for_anything() -> None:
    addresses = [
        address
        for path in sorted((STATIC / "css").glob("*.css"))
        for address in re.findall(r"url\(\"?([^)\"]+)", path.read_text(encoding="utf-8"))
        if not (path.parent / address).is_file()
    ]

    assert addresses == []


def test_templates_import_only_macros_that_components_have() -> None:
    printed = {
        path.relative_to(TEMPLATES).as_posix(): set(re.findall(r"macro (\w+)\(", path.read_text(encoding="utf-8")))
        for path in TEMPLATES.rglob("*.html")
    }
    missing = [
        (path.name, name)
        for path in TEMPLATES.rglob("*.html")
        for source, names in re.findall(r'{%-? from "([^"]+)" import (.*?)-?%}', path.read_text(encoding="utf-8"))
        for name in re.findall(r"(\w+)(?: as \w+)?(?:,|$)", names.replace("with context", "").strip())
        if name not in printed[source]
    ]

    assert missing == []


def test_every_icon_that_templates_name_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "img" / "icons.svg").read_text(encoding="utf-8")))
    named = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r"""(?:\bicon\(|icon_name=)["']([a-z_-]+)["'](?! ~)""", path.read_text(encoding="utf-8"))
        if not name.endswith("-")
    }

    assert named - drawn == set()


@pytest.mark.parametrize("folder", [STATIC / "vendor", ROOT / "tests" / "vendor"], ids=["app", "tests"])
def test_vendored_files_are_as_their_list_says(folder: Path) -> None:
    listed = re.findall(
        r"^\| `?([^ |`]+)`? \|.*?([0-9a-f]{64})", (folder / "README.md").read_text("utf-8"), re.MULTILINE
    )
    changed = [name for name, digest in listed if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest]

    assert (len(listed) > 0, changed) == (True, [])
