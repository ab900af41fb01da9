"""G8, G9: from the command to the first page, and the memory of the whole process tree."""

import statistics
import time

from bench import mix, server
from bench.measure import ROUNDS
from bench.run import Run

MOST_S, MOST_MB, MOST_GROWTH = 1.2, 140, 1.3
WORKERS = 2


def measure(run: Run) -> None:
    """Start both in turn; then let the mix go over ours."""
    run.report.title(
        f"G8, G9 `cag-events serve` with {WORKERS} processes and the outbox worker, {run.large.events:,} events"
    )
    starts: dict[str, list[float]] = {"ours": [], "bare": []}
    cpu: dict[str, list[float]] = {"ours": [], "bare": []}
    memory: dict[str, list[float]] = {"ours": [], "bare": []}
    for number in range(1 + (3 if run.is_quick else ROUNDS)):
        for name, begin in (
            ("ours", lambda: server.ours(run.large.settings, run.log, workers=WORKERS, beside=True)),
            ("bare", lambda: server.limit(run.bare_folder, run.log, workers=WORKERS)),
        ):
            with begin() as started:
                cpu_s = started.cpu_s()
                time.sleep(1)
                if number:  # the first start compiles the modules, as an installation does
                    starts[name].append(started.first_page_s)
                    cpu[name].append(cpu_s)
                    memory[name].append(started.pss_mb())
    first, bare_first = (statistics.median(starts[name]) for name in ("ours", "bare"))
    idle, bare_idle = (statistics.median(memory[name]) for name in ("ours", "bare"))
    run.report.say(
        "G8",
        "start to first page",
        f"{first:.2f} s ({statistics.median(cpu['ours']):.2f} s CPU)",
        f"{bare_first:.2f} s ({statistics.median(cpu['bare']):.2f} s CPU) bare",
        wanted=f"≤ {MOST_S} s",
        is_met=first <= MOST_S,
    )
    run.report.say(
        "G9",
        "memory (PSS) after the first page",
        f"{idle:.0f} MB",
        f"{bare_idle:.0f} MB bare, no worker",
        wanted=f"≤ {MOST_MB} MB",
        is_met=idle <= MOST_MB,
    )
    with server.ours(run.large.settings, run.log, workers=WORKERS, beside=True) as started:
        time.sleep(1)
        before = started.pss_mb()
        mix.run_some(run.large, started.port, 1_000 if run.is_quick else 4_000)
        time.sleep(1)
        after = started.pss_mb()
    ratio = after / before
    run.report.say(
        "G9",
        "memory after the mix",
        f"{after:.0f} MB",
        f"{before:.0f} MB before it",
        ratio=f"{ratio:.2f}×",
        wanted=f"≤ {MOST_GROWTH}×",
        is_met=ratio <= MOST_GROWTH,
    )
