"""What time it is. Nobody else asks; `now()` is passed down and never called in domain."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_fixed: datetime | None = None


def now() -> datetime:
    """Return the present instant, aware UTC, whole seconds."""
    return _fixed or datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 (the one place)


@contextmanager
def fixed(at: datetime) -> Iterator[None]:
    """Stop the clock at an instant: for tests and for making demo data that is the same every time."""
    global _fixed  # noqa: PLW0603 (one clock per process)
    before, _fixed = _fixed, at.astimezone(UTC)
    try:
        yield
    finally:
        _fixed = before
