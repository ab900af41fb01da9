"""What the parts of a run share: the worlds, the bare application beside them, how long a round takes."""

import gzip
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bench import bare, world
from bench.asking import Ask
from bench.beside import Beside, beside
from bench.measure import Report
from bench.world import World

FEED = f"/feeds/themes/{world.THEME}.ics"
LIST = "/sv/"


@dataclass
class Run:
    """One run of the measurements."""

    folder: Path
    report: Report
    is_quick: bool
    installs: bool = False
    stack: ExitStack = field(default_factory=ExitStack)

    @property
    def seconds(self) -> float:
        """How long a round takes."""
        return 0.15 if self.is_quick else 0.4

    @cached_property
    def large(self) -> World:
        """10,000 events, 1,000 of them on one theme."""
        return self._world(2_000 if self.is_quick else 10_000)

    @cached_property
    def small(self) -> World:
        """1,000 events."""
        return self._world(1_000)

    def _world(self, events: int) -> World:
        built = world.build(self.folder / f"events-{events}", events)
        rate = events / built.load_s
        self.report.say(
            "", f"(made: {events:,} events by the loader)", f"{built.load_s:.1f} s", f"{rate:,.0f} events/s"
        )
        return built

    @cached_property
    def key(self) -> str:
        """An event to come that takes registrations, in both worlds."""
        return self.small.keys()[0]

    @property
    def page(self) -> str:
        """The address of its page."""
        return f"/sv/events/{self.key}"

    @cached_property
    def bare_folder(self) -> Path:
        """What the bare application answers: the bytes and sizes of ours."""
        folder = self.folder / "bare"
        feed = Ask(self.large.app, FEED).expect(200).body
        bare.keep(
            folder,
            self.small.settings.database_url,
            feed=feed,
            feed_gz=gzip.compress(feed, 6, mtime=0),
            key=self.key.encode(),
            list_size=str(len(Ask(self.small.app, LIST).expect(200).body)).encode(),
            event_size=str(len(Ask(self.small.app, self.page).expect(200).body)).encode(),
        )
        return folder

    @cached_property
    def bare(self) -> Beside:
        """The bare application in a process of its own, until the run is over."""
        return self.stack.enter_context(beside(self.bare_folder))

    @property
    def log(self) -> Path:
        """Where servers and applications log."""
        return self.folder / "log"
