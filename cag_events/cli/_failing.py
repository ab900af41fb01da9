"""Faults that an operator can mend: one clear line on standard error, exit code 1."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click


class Failed(click.ClickException):
    """A command could not do it; `lines` come before the message, as the faults of a file."""

    exit_code = 1

    def __init__(self, message: str, lines: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.lines = lines

    def show(self, file: Any = None) -> None:
        """Print the lines and the message on standard error."""
        for line in self.lines:
            click.echo(line, err=True, file=file)
        click.echo(f"cag-events: {self.message}", err=True, file=file)


@contextmanager
def reported() -> Iterator[None]:
    """Turn what an operator can mend into Failed; what is a fault of ours stays a traceback."""
    try:
        yield
    except click.exceptions.Exit:
        raise
    except Exception as fault:
        message = _message(fault)
        if message is None:
            raise
        raise Failed(message, tuple(getattr(fault, "faults", ()))) from fault


def _message(fault: Exception) -> str | None:
    """Return what to tell of a fault, None where there is nothing that an operator could do.

    Known by name: importing their modules would load the whole program for `cag-events --help`.
    """
    names = {kind.__name__ for kind in type(fault).__mro__}
    if "BadFile" in names:
        count = len(getattr(fault, "faults", ()))
        return f"nothing was loaded: {count} fault{'' if count == 1 else 's'}"
    if names & {"BadSettings", "KeyMissing", "Refused", "StaleZoneData"}:
        return str(fault)
    if "NotFound" in names:
        return "there is no such row"
    if "CommandError" in names:  # of Alembic, as at a database that a later release has migrated
        return f"the database cannot be migrated: {fault}"
    if "DatabaseError" in names or "InterfaceError" in names:
        origin = str(getattr(fault, "orig", fault)).strip().splitlines()
        return f"the database does not answer: {origin[0] if origin else fault}"
    if isinstance(fault, OSError):
        return f"{fault.filename or 'system'}: {fault.strerror or fault}"
    return None
