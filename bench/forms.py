"""Registration forms of ours in numbers, each fetched by another visitor, old enough to be sent."""

import time
from collections.abc import Iterator
from itertools import cycle

from bench.filling import Filled, filled
from bench.world import World
from cag_events.web.forms import TOO_YOUNG_SECONDS


def fill(there: World, number: int) -> Iterator[Filled]:
    """Fetch so many forms in this process and wait until they are old enough to be sent."""
    keys = cycle(there.keys())
    ready = [filled(there.app, f"/sv/events/{next(keys)}") for _ in range(number)]
    time.sleep(TOO_YOUNG_SECONDS + 1)
    return iter(ready)
