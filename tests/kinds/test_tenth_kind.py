"""A tenth kind: the module of docs/developers.md and one template, in a copy of the program, and nothing else."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DETAILS = '<p class="street-stall">Permit: {{ details.permit }}. Note: {{ details.note }}.</p>\n'


def shown_in_the_docs() -> str:
    """The module of a street stall as the page for developers has it."""
    text = (ROOT / "docs" / "developers.md").read_text("utf-8")
    (module,) = re.findall(r'```python\n("""Street stall:.*?)```', text, re.DOTALL)
    return module


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A copy of the program with one more kind."""
    for name in ("cag_events", "migrations"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "cag_events" / "kinds" / "street_stall.py").write_text(shown_in_the_docs(), "utf-8")
    templates = tmp_path / "cag_events" / "templates" / "events" / "kinds" / "street_stall"
    templates.mkdir()
    (templates / "_details.html").write_text(DETAILS, "utf-8")
    return tmp_path


def test_a_tenth_kind_is_planned_published_shown_exported_and_loaded(program: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.kinds.tenth_kind", str(program / "instance")],
        cwd=ROOT,
        env={"PYTHONPATH": f"{program}:{ROOT}", "PATH": "/usr/bin:/bin", "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["a tenth kind lives"]), done.stderr[-3000:]
