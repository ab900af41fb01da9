"""erase: a person's data, at once."""

import click

from cag_events import retention, serving
from cag_events.cli._app import application
from cag_events.cli._failing import Failed
from cag_events.config import read_settings
from cag_events.domain.errors import NotFound
from cag_events.outbox.retention import delete_files_to
from cag_events.registrations.services import erasing


@click.command()
@click.option("--email", metavar="E", help="All registrations, invitations and mails of this address.")
@click.option("--registration", "code", metavar="CODE", help="The one registration with this reference.")
def erase(*, email: str | None, code: str | None) -> None:
    """Delete what is kept of a person, at once, and print how many rows of each table; it asks nothing.

    Seats are freed for those who wait. What stays is counts. Accounts and contacts of the organisation are not touched.
    """
    if bool(email) == bool(code):
        raise click.UsageError("give --email or --registration, one of them")
    settings = read_settings()
    with application(settings):
        try:
            done = erasing.erase_address(email) if email else erasing.erase_code(code or "")
        except NotFound:
            raise Failed(f"there is no registration with the reference {code}") from None
        if email:
            done["mail files"] += delete_files_to(serving.mail_folder(settings), email)
        retention.overwrite()
    for table, number in sorted((+done).items()):
        click.echo(f"{number:>8}  {table}")
    click.echo(f"{done.total():>8}  deleted or emptied in all")
