"""How long work shows that it goes on: a bar on a terminal, plain lines elsewhere."""

import sys
from typing import Any

import click


class Shown:
    """Shows progress as (what, done, total), one bar after the other."""

    def __init__(self) -> None:
        self._what = ""
        self._done = 0
        self._bar: Any = None

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show how much of `what` is done."""
        if not sys.stderr.isatty():
            click.echo(f"{what}: {done} of {total}", err=True)
            return
        if what != self._what:
            self.close()
            self._what, self._done = what, 0
            self._bar = click.progressbar(length=total, label=what.ljust(10), file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(done - self._done)
        self._done = done

    def close(self) -> None:
        """End the bar that is shown."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None
