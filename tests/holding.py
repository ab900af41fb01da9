"""Time for what is held before it is sent: tests let ten minutes pass without moving their own clock."""

from cag_events import clock
from cag_events.domain.noticing import HOLD
from cag_events.messages.services.holding import send_due


def release_held() -> int:
    """Let the worker send what is held, as if ten minutes had passed; returns how many notices."""
    return send_due(clock.now() + HOLD)
