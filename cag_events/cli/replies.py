"""replies: a mail server hands over one mail that was sent to the events' mailbox."""

import sys
from typing import Final

import click

from cag_events.cli._app import application
from cag_events.config import read_settings
from cag_events.replies.reading import MOST_BYTES
from cag_events.replies.services import receive
from cag_events.web import log

LATER: Final = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the mail and tries again


@click.command()
@click.option("--recipient", default="", help="The address that it was sent to, as ${recipient} of Postfix.")
def replies(recipient: str) -> None:
    """Read one mail from standard input, as a mail server's pipe gives it.

    A calendar that declines frees the seat. Ends with 0 where that is done or there is nothing to do, whatever is in
    the mail, and with 75 where the mail server has to try again, as when the database is away.
    """
    octets = sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        settings = read_settings()
        with application(settings):
            received = receive(octets, recipient=recipient, authserv=settings.mail_authserv)
    except Exception as fault:  # the edge: no answer is lost for what is wrong with us
        log.fault(fault)
        click.echo(f"cag-events: not now: {type(fault).__name__}", err=True)
        sys.exit(LATER)
    click.echo(received.outcome.value if received.outcome else f"nothing to do: {received.reason}")
