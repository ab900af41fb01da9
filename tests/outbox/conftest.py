"""What the tests of the outbox share."""

from collections.abc import Iterator
from typing import Any

import pytest

from cag_events.db import transaction
from cag_events.outbox.messages import NewMessage, queue
from cag_events.outbox.mime import Sender
from cag_events.outbox.models import Message
from tests.outbox.post_office import Office, opened

SENDER = Sender(address="events@example.org", name="The House")


def new_message(number: int = 1, **values: Any) -> NewMessage:
    """A mail with dull contents to a person of its own."""
    defaults: dict[str, Any] = {
        "key": f"test:{number}",
        "kind": "registration.confirmed",
        "to": f"person{number}@example.org",
        "language": "sv",
        "subject": f"Ärende {number}",
        "text": f"Brev {number}, åäö\n",
        "html": f"<p>Brev {number}, åäö</p>",
    }
    return NewMessage(**{**defaults, **values})


def queued(number: int = 1, **values: Any) -> Message:
    """A message in the outbox."""
    with transaction():
        message = queue(new_message(number, **values))
    assert message is not None
    return message


@pytest.fixture
def office() -> Iterator[Office]:
    """A mail server that takes everything."""
    with opened(Office()) as office:
        yield office
