"""Rules about the code that no tool knows: where kinds are spoken of, what is marked, how long modules are."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from cag_events.kinds import KINDS
from cag_events.web.access import access_of

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "cag_events"
TEMPLATES = PACKAGE / "templates"
MODULES = sorted(PACKAGE.rglob("*.py"))
PAGES = sorted(TEMPLATES.rglob("*.html")) + sorted(TEMPLATES.rglob("*.xml")) + sorted(TEMPLATES.rglob("*.txt"))
MOST_LINES = 500
MARKUP = {"web/richtext.py"}
DOCUMENTED = re.compile(r"domain/.*|.*/(services|queries)(/.*)?\.py|.*/(services|queries)/.*")
FREE = {"kinds", "demo"}  # rooms that may name kinds


def place(path: Path) -> str:
    """A file's place in the package."""
    return path.relative_to(PACKAGE).as_posix()


def tree_of(path: Path) -> ast.Module:
    """The syntax of a module."""
    return ast.parse(path.read_text("utf-8"))


def compared_with_a_kind(tree: ast.Module) -> Iterator[int]:
    """Yield the lines that decide by the slug of a kind."""
    for node in ast.walk(tree):
        parts: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
        elif isinstance(node, ast.Match):
            parts = [case.pattern.value for case in node.cases if isinstance(case.pattern, ast.MatchValue)]
        for part in parts:
            texts = [part] if isinstance(part, ast.Constant) else getattr(part, "elts", [])
            if any(isinstance(text, ast.Constant) and text.value in KINDS for text in texts):
                yield node.lineno if isinstance(node, ast.expr) else node.subject.lineno


def test_nothing_decides_by_kind_outside_the_kinds() -> None:
    found = [
        f"{place(path)}:{line}"
        for path in MODULES
        if place(path).partition("/")[0] not in FREE
        for line in compared_with_a_kind(tree_of(path))
    ]

    assert found == []


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("if event.kind == 'hearing': pass", [1]),
        ("x = 'lecture' != kind", [1]),
        ("x = kind in ('hearing', 'other')", [1]),
        ("x = kind == other.kind", []),
    ],
)
def test_the_rule_about_kinds_finds_what_it_forbids(code: str, lines: list[int]) -> None:
    assert list(compared_with_a_kind(ast.parse(code))) == lines


def test_no_template_decides_by_kind() -> None:
    slugs = "|".join(KINDS)
    decides = re.compile(rf"""\{{%[^%]*(?:==|!=|\bin\b)\s*\(?["'](?:{slugs})["']""")
    found = [
        path.relative_to(TEMPLATES).as_posix()
        for path in PAGES
        if "kinds/" not in path.relative_to(TEMPLATES).as_posix() and decides.search(path.read_text("utf-8"))
    ]

    assert found == []


def test_markup_is_made_in_one_module_only() -> None:
    makes = {
        place(path)
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Name) and node.id == "Markup"
    }

    assert makes - MARKUP == set()


def test_no_template_prints_what_is_not_escaped() -> None:
    unsafe = re.compile(r"\|\s*safe\b|\bMarkup\b|\{%-?\s*autoescape")

    assert [path.name for path in PAGES if unsafe.search(path.read_text("utf-8"))] == []


def named_templates() -> str:
    """All code and templates as one text, in which every template has to be named."""
    return "\n".join(path.read_text("utf-8") for path in [*MODULES, *PAGES])


def test_every_template_is_rendered_or_included_by_something() -> None:
    everything = named_templates()
    kinds = re.compile(r"events/kinds/(\w+)/_(form|details)\.html")

    dead = []
    for path in PAGES:
        name = path.relative_to(TEMPLATES).as_posix()
        kind = kinds.fullmatch(name)
        is_named = f'"{name}"' in everything or f"'{name}'" in everything
        is_of_a_kind = kind is not None and (kind[1] in KINDS or kind[1] == "_default")
        is_a_letter = name.startswith("mail/") and f'"{name.rpartition(".")[0]}' in everything
        if not (is_named or is_of_a_kind or is_a_letter):
            dead.append(name)

    assert dead == []


def test_every_view_says_who_may_open_it(app: Flask) -> None:
    silent = [name for name in app.view_functions if name != "static" and access_of(app, name) is None]

    assert silent == []


def test_modules_are_short_enough_to_be_read() -> None:
    long = {place(path): lines for path in MODULES if (lines := len(path.read_text("utf-8").splitlines())) > MOST_LINES}

    assert long == {}


def public_functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield the functions, classes and methods of a module that others may use."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                        yield inner


def test_what_others_use_of_domain_services_and_queries_says_what_it_does() -> None:
    silent = [
        f"{place(path)}: {node.name}"
        for path in MODULES
        if DOCUMENTED.fullmatch(place(path))
        for node in public_functions(tree_of(path))
        if not ast.get_docstring(node)
    ]

    assert silent == []


def test_every_module_says_what_it_knows() -> None:
    assert [place(path) for path in MODULES if not ast.get_docstring(tree_of(path))] == []


def test_nothing_is_left_for_later_in_the_code() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError|pytest\.mark\.(skip|xfail)")
    files = [*MODULES, *PAGES, *sorted((ROOT / "tests").rglob("*.py"))]

    assert [path.name for path in files if path != Path(__file__) and later.search(path.read_text("utf-8"))] == []
