"""G10: what an installation needs: packages and megabytes and, if asked for, the seconds that it takes."""

import re
import subprocess
import sys
import time
import venv
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from bench.run import Run

MOST_PACKAGES, MOST_MB, MOST_S = 45, 130, 30
PINS = Path(__file__).parent.parent / "requirements" / "app.txt"
NAME = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?:\s*;\s*([^\\]+))?", re.MULTILINE)


def measure(run: Run) -> None:
    """Count the pinned packages as they are installed in this environment."""
    run.report.title(
        f"G10 the pins of {PINS.parent.name}/{PINS.name}, as installed here (files of each package's RECORD, no .pyc)"
    )
    found = {name: _megabytes(name) for name, _, _ in NAME.findall(PINS.read_text("utf-8"))}
    installed = {name: size for name, size in found.items() if size is not None}
    largest = ", ".join(f"{name} {size:.0f}" for name, size in sorted(installed.items(), key=lambda one: -one[1])[:6])
    number, size = len(installed), sum(installed.values())
    run.report.say("G10", "packages", str(number), wanted=f"≤ {MOST_PACKAGES}", is_met=number <= MOST_PACKAGES)
    run.report.say("G10", "size", f"{size:.0f} MB", wanted=f"≤ {MOST_MB} MB", is_met=size <= MOST_MB)
    run.report.say("", f"largest (MB): {largest}", "")
    if run.installs:
        _install(run)


def _megabytes(name: str) -> float | None:
    """Return the size of an installed package; None for one that this platform does not need."""
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return None
    paths = (Path(str(file.locate())) for file in files if file.suffix != ".pyc")
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def _install(run: Run) -> None:
    """Install the pins into an empty environment, by pip, with hashes; what pip has kept is not used."""
    folder = run.folder / "installed"
    begun = time.perf_counter()
    venv.create(folder, with_pip=True)
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-cache-dir", "--require-hashes"]
    subprocess.run([*command, "-r", str(PINS)], check=True, stdout=sys.stderr)
    taken = time.perf_counter() - begun
    run.report.say(
        "G10", "installation, from the network", f"{taken:.0f} s", wanted=f"≤ {MOST_S} s", is_met=taken <= MOST_S
    )
