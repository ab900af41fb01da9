"""A subscriber who polls several feeds: remembers what each held, and checks at every poll what must always hold."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from flask.testing import FlaskClient

from cag_events.db import db
from cag_events.events.models import Occurrence
from cag_events.web.throttle import COARSE_KEY
from tests.calendars import Component, read_strictly
from tests.happenings import Happening
from tests.readers import read_by_all

Block = tuple[str, str]  # UID and RECURRENCE-ID


class Subscriber:
    """Polls addresses by name; `octets` is the last answer of each, "" where there is none.

    Where `reads` is off it takes the strict reader's word until somebody asks the others by read_all().
    """

    def __init__(self, client: FlaskClient, feeds: Mapping[str, str], *, reads: bool = True) -> None:
        self.reads = reads
        self.client = client
        self.feeds = dict(feeds)
        self.octets: dict[str, bytes] = {}
        self.blocks: dict[str, dict[Block, bytes]] = {name: {} for name in feeds}
        self.dates: dict[str, list[Happening]] = {}
        self.names: dict[str, str] = {}  # what each calls itself
        self.versions: dict[tuple[str, Block], tuple[int, str]] = {}  # last seen, by feed
        self.modified: dict[str, datetime] = {}

    def poll(self) -> dict[str, dict[Block, bytes | None]]:
        """Fetch every feed; return by feed the entries that are other than last time, None where one has gone."""
        if limits := self.client.application.extensions.get(COARSE_KEY):
            limits.storage.reset()  # it counts by the machine's clock, which has not gone on
        changed, earlier, had = {}, dict(self.octets), dict(self.blocks)
        for name, address in self.feeds.items():
            self._fetch(name, address)
        if self.reads:
            self.read_all([name for name in self.feeds if self.octets[name] != earlier.get(name)])
        for name, before in had.items():
            now = self.blocks[name]
            differing = {key: now.get(key) for key in before.keys() | now.keys() if before.get(key) != now.get(key)}
            if differing:
                changed[name] = differing
        return changed

    def _fetch(self, name: str, address: str) -> None:
        answer, again = self.client.get(address), self.client.get(address)
        assert again.status_code == answer.status_code
        if answer.status_code == 404:
            self.octets[name], self.blocks[name], self.dates[name] = b"", {}, []
            return
        assert answer.status_code == 200, answer.text
        assert again.data == answer.data, f"{name} is not the same twice"
        self._check_validators(name, address, answer.headers, again.headers)
        if self.octets.get(name) == answer.data:
            return
        calendar = read_strictly(answer.data)
        assert "METHOD" not in {line.name for line in calendar.properties}
        self.octets[name], self.blocks[name] = answer.data, blocks_of(answer.data)
        self.names[name] = next((line.text for line in calendar.all("NAME")), "")
        for event in calendar.components("VEVENT"):
            self._check_version(name, event)

    def read_all(self, names: Iterable[str]) -> None:
        """Let every reader read these feeds, and fail where one sees other dates than the others."""
        read = [name for name in names if self.octets[name]]
        readings = read_by_all([self.octets[name] for name in read]) if read else {}
        for reader, reading in readings.items():
            assert reading == readings["ical.js"], f"{reader} reads something else than ical.js in one of {read}"
        for name, dates in zip(read, readings.get("ical.js", ())):
            self.dates[name] = dates

    def _check_validators(self, name: str, address: str, first: Mapping[str, str], again: Mapping[str, str]) -> None:
        assert again["ETag"] == first["ETag"]
        assert again["Last-Modified"] == first["Last-Modified"]
        for header, value in (("If-None-Match", first["ETag"]), ("If-Modified-Since", first["Last-Modified"])):
            known = self.client.get(address, headers={header: value})
            assert known.status_code == 304, f"{name} does not know its own {header}: {known.status_code}"
            assert known.data == b""
        modified = datetime.strptime(first["Last-Modified"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
        if name in self.modified and "events/" not in address:
            assert modified >= self.modified[name], f"the date of {name} goes back"
        self.modified[name] = modified

    def _check_version(self, name: str, event: Component) -> None:
        key = _key(event)
        version = int(event.one("SEQUENCE").value), event.one("LAST-MODIFIED").value
        assert event.one("DTSTAMP").value == version[1]
        last = self.versions.get((name, key), (-1, ""))
        assert version >= last, f"{name}: an entry goes back from {last} to {version}"
        assert version[1] >= last[1], f"{name}: LAST-MODIFIED goes back from {last} to {version}"
        self.versions[name, key] = version


def blocks_of(octets: bytes) -> dict[Block, bytes]:
    """Return the octets of each entry of a calendar."""
    found = {}
    for block in re.findall(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", octets, re.DOTALL):
        key = _key(entry_of(block))
        assert key not in found, f"{key} twice"
        found[key] = block
    return found


def entry_of(block: bytes) -> Component:
    """Read one entry's octets."""
    wrapped = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//T//T//EN\r\n" + block + b"END:VCALENDAR\r\n"
    return read_strictly(wrapped).components("VEVENT")[0]


def stored_instants() -> dict[str, tuple[datetime, datetime]]:
    """Return start and end of each occurrence by UID as the database has them."""
    return {row.uid: (row.starts_at, row.ends_at) for row in db.session.query(Occurrence)}


def _key(event: Component) -> Block:
    return event.one("UID").value, next((line.value for line in event.all("RECURRENCE-ID")), "")
