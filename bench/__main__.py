"""The command `python -m bench`; see the package's docstring."""

import argparse
import os
import platform
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from bench import feeds, flat, install, kill, mix, pages, roles, rush, seats, start
from bench.asking import log_kept
from bench.measure import Report
from bench.run import Run

PARTS = (
    (("G1", "G2", "G3"), feeds.measure),
    (("G8", "G9"), start.measure),  # before registrations are made, whose mails the worker would deliver at the start
    (("flat",), flat.measure),
    (("G6",), seats.measure),
    (("G7",), mix.measure),
    (("G4", "G5"), pages.measure),  # last of those with a database: it makes the large one larger
    (("G10",), install.measure),
    (("R1", "rush"), rush.measure),
    (("R2", "kill"), kill.measure),
    (("K1",), roles.measure),
)


def main() -> None:
    """Measure what was asked for, and say which aims are met."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Figures, each beside its limit.")
    parser.add_argument("aims", nargs="*", metavar="G1 … K1", help="only these; all if none is named")
    parser.add_argument("--quick", action="store_true", help="shorter, smaller, without PostgreSQL")
    parser.add_argument("--install", action="store_true", help="also install the pinned packages, from the network")
    asked = parser.parse_args()
    begun = time.perf_counter()
    report = Report()
    report.print(machine())
    with tempfile.TemporaryDirectory(prefix="bench-") as name, log_kept(Path(name) / "own-log"):
        run = Run(Path(name), report, asked.quick, asked.install)
        for aims, measure in PARTS:
            if not asked.aims or set(aims) & set(asked.aims):
                measure(run)
        run.stack.close()
    report.verdicts()
    report.print(f"\n{time.perf_counter() - begun:.0f} s in all; load {os.getloadavg()[0]:.1f} at the end")


def machine() -> str:
    """Return on what is measured: the machine's shape and the versions that count."""
    packages = ("granian", "Flask", "SQLAlchemy", "Jinja2", "psycopg")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), load {load:.1f} at the start; "
        f"Python {sys.version.split()[0]}, {versions}"
    )


if __name__ == "__main__":
    main()
