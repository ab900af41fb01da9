"""The bare application in a process of its own, called without a server: nothing of ours is loaded beside it."""

import multiprocessing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.asking import Ask
from bench.filling import Filled, filled
from bench.measure import Figure, calls, timed


class Beside:
    """Sends orders to the process and waits for their figures."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe

    def timed(self, path: str, seconds: float, headers: Mapping[str, str] | None = None, status: int = 200) -> Figure:
        """Ask for a path over and over for so long."""
        figure: Figure = self._order((path, dict(headers or {}), None, status, seconds))
        return figure

    def posts(self, path: str, number: int) -> Figure:
        """Register so often."""
        figure: Figure = self._order((path, {}, "form", 303, number))
        return figure

    def filled(self, path: str) -> Filled:
        """Return its form, filled in; it may be sent any number of times, to its server too."""
        form: Filled = self._order((path, {}, "fill", 303, 0))
        return form

    def _order(self, order: object) -> Any:
        self.pipe.send(order)
        found = self.pipe.recv()
        if isinstance(found, str):
            raise SystemExit(f"the bare application: {found}")
        return found


@contextmanager
def beside(folder: Path) -> Iterator[Beside]:
    """Start the process; end it."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(folder, there), daemon=True)
    process.start()
    try:
        yield Beside(here)
    finally:
        with suppress(OSError):  # it may be gone
            here.send(None)
        process.join(10)


def _serve(folder: Path, pipe: Connection) -> None:
    from bench import bare

    app = bare.create_app(folder)
    while (order := pipe.recv()) is not None:
        path, headers, form, status, how_much = order
        try:
            if form == "fill":
                pipe.send(filled(app, path))
            elif form == "form":
                pipe.send(calls(filled(app, path).post(app).expect(status), how_much))
            else:
                pipe.send(timed(Ask(app, path, headers).expect(status), how_much))
        except (Exception, SystemExit) as fault:
            pipe.send(f"{path}: {fault!r}")
