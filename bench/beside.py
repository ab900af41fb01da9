"""The bare application in a process of its own, called without a server: nothing of ours is loaded beside it."""

import multiprocessing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from bench.measure import Figure, calls, timed


class Beside:
    """Sends orders to the process and waits for their figures."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe

    def timed(self, path: str, seconds: float, headers: Mapping[str, str] | None = None, status: int = 200) -> Figure:
        """Ask for a path over and over for so long."""
        return self._order((path, dict(headers or {}), None, status, seconds))

    def posts(self, path: str, number: int) -> Figure:
        """Register so often."""
        return self._order((path, {}, "form", 303, number))

    def _order(self, order: object) -> Figure:
        self.pipe.send(order)
        found = self.pipe.recv()
        if isinstance(found, str):
            raise SystemExit(f"the bare application: {found}")
        figure: Figure = found
        return figure


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
        here.send(None)
        process.join(10)


def _serve(folder: Path, pipe: Connection) -> None:
    from bench import bare
    from bench.asking import Ask
    from bench.filling import filled

    app = bare.create_app(folder)
    while (order := pipe.recv()) is not None:
        path, headers, form, status, how_much = order
        try:
            ask = filled(app, path).post(app) if form else Ask(app, path, headers)
            pipe.send(calls(ask.expect(status), how_much) if form else timed(ask.expect(status), how_much))
        except (Exception, SystemExit) as fault:
            pipe.send(f"{path}: {fault!r}")
