"""The wheel holds all that the program needs: installed away from the checkout, it migrates, loads and answers."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LEFT_OUT = {".py", ".pyc"}  # found by setuptools as modules

SCRIPT = """
import sys
from pathlib import Path
from cag_events import app, schema
from cag_events.config import read_settings

assert str(Path(app.__file__)).startswith(sys.argv[1]), app.__file__
site = app.create_app(read_settings())
with site.app_context():
    schema.migrate()
client = site.test_client()
for address in ("/sv/", "/en/feeds", "/feeds/programme.ics", "/static/css/base.css", "/sv/account/login"):
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
assert "Logga in" in client.get("/sv/account/login").text
print("answers")
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from what git would commit, unpacked in a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, source],
        check=True,
        capture_output=True,
    )
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def test_wheel_holds_every_file_of_the_package(installed: Path) -> None:
    here = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "cag_events").rglob("*")
        if path.is_file() and path.suffix not in LEFT_OUT and path.suffix != ".po"
    }
    there = {str(path.relative_to(installed)) for path in (installed / "cag_events").rglob("*") if path.is_file()}

    assert here - there == set()
    assert "cag_events/migrations/env.py" in there


def test_wheel_migrates_and_answers_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(installed), "CAG_INSTANCE": str(tmp_path / "instance")}

    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(installed)],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (run.returncode, run.stdout.strip().splitlines()[-1:]) == (0, ["answers"]), run.stderr[-2000:]
