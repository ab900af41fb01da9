"""The program as people meet it: an address to open, mails that arrive, time that passes."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from cag_events import clock, keyring
from cag_events.accounts.models import Account, Organisation
from cag_events.accounts.sessions import Sessions
from cag_events.db import db
from cag_events.domain.noticing import HOLD
from cag_events.messages.services.holding import send_due
from cag_events.outbox.delivery import work_once
from cag_events.permissions import Role
from cag_events.serving import make_sender
from cag_events.web.settings import settings_of
from tests.factories import make_account
from tests.journeys.browser import visitor
from tests.making import Make

MINUTE = timedelta(minutes=1)
READING = timedelta(seconds=20)  # what a person takes for a form; one sent at once looks like a machine's


class Post:
    """A transport that keeps what it sends, as octets on the wire."""

    def __init__(self) -> None:
        self.octets: list[bytes] = []

    @contextmanager
    def open(self) -> Iterator["Post"]:
        """Nothing has to be connected."""
        yield self

    def send(self, mail: EmailMessage) -> None:
        """Keep a mail."""
        self.octets.append(mail.as_bytes())


@dataclass(frozen=True)
class Answer:
    """What a machine gets for an address."""

    status: int
    headers: dict[str, str]
    octets: bytes

    @property
    def text(self) -> str:
        """The octets as text."""
        return self.octets.decode()


@dataclass
class Stage:
    """One served application."""

    app: Flask
    address: str
    browser: Browser
    time: ExitStack
    post: Post = field(default_factory=Post)

    @property
    def make(self) -> Make:
        """The factories, for what a test needs beside the demo."""
        return Make(self.app)

    def visit(self, **how: Any) -> AbstractContextManager[Page]:
        """Open a page as a new visitor; see visitor()."""
        return visitor(self.browser, self.address, **how)

    def wait(self, span: timedelta = READING) -> None:
        """Let time pass."""
        self.time.enter_context(clock.fixed(clock.now() + span))

    def release(self) -> None:
        """Let ten minutes pass, and what was held go out."""
        self.wait(HOLD)
        with self.app.app_context():
            send_due(clock.now())

    def sign_in(self, page: Page, who: str | Role) -> None:
        """Sign a visitor in without the form: an account by its address, or a new one with a role."""
        with self.app.app_context():
            if isinstance(who, Role):
                account = make_account(who)
            else:
                account = db.session.scalars(select(Account).where(Account.email == who)).one()
            session_id = keyring.new_token()
            Sessions().open(keyring.token_hash(session_id, "session"), account.id, clock.now())
        cookie = self.app.session_interface.cookie  # type: ignore[attr-defined]
        page.context.add_cookies([{"name": cookie, "value": session_id, "url": self.address}])

    def deliver(self) -> list[EmailMessage]:
        """Let the worker do what is due; returns the mails that went out, as a mail program reads them."""
        before = len(self.post.octets)
        with self.app.app_context():
            sender = make_sender(settings_of(self.app), db.session.scalar(select(Organisation).limit(1)))
            while work_once(self.post, sender):
                continue
        return [read_mail(octets) for octets in self.post.octets[before:]]

    def fetch(self, address: str, **headers: str) -> Answer:
        """Fetch an address as a program does; keyword `if_none_match` is the header If-None-Match."""
        parts = urlsplit(address)
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=20)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        answer = Answer(response.status, dict(response.getheaders()), response.read())
        connection.close()
        return answer

    def ask(self, question: Callable[[], Any]) -> Any:
        """Ask the database, in a context of its own."""
        with self.app.app_context():
            return question()


@dataclass
class Count:
    """How much work something was: pages that had to be opened, forms that had to be sent."""

    pages: int = 0
    submits: int = 0


def counted(page: Page) -> Count:
    """Count from now on; the page that answers a form costs nothing."""
    count = Count()

    def look(request: Any) -> None:
        if request.resource_type != "document" or request.redirected_from is not None:
            return
        if request.method == "POST":
            count.submits += 1
        else:
            count.pages += 1

    page.on("request", look)
    return count


def read_mail(octets: bytes) -> Any:
    """Return a mail as a mail program reads it."""
    return message_from_bytes(octets, policy=policy.default)


def plain(mail: Any) -> str:
    """The text part of a mail."""
    return str(mail.get_body(("plain",)).get_content())


def calendar_part(mail: Any) -> bytes | None:
    """The calendar part of a mail, None if it has none."""
    found = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return bytes(found[0].get_payload(decode=True)) if found else None


def own_link(mail: Any) -> str:
    """The link to one's own page in a mail."""
    found = re.search(r"https?://\S+/registrations/[A-Za-z0-9_-]{20,}", plain(mail))
    assert found, plain(mail)
    return found[0]
