"""restored: after a backup was put back."""

import click

from cag_events.cli._app import application
from cag_events.config import read_settings
from cag_events.feeds.raising import BY, keep_mark, raise_all


@click.command()
@click.option("--by", default=BY, show_default=True, type=click.IntRange(1, 10_000), help="How many versions.")
def restored(by: int) -> None:
    """Raise the version of every calendar entry, so that subscribers take what a restored backup says.

    Needed where the instance folder came back with the database; else each command sees it by itself.
    """
    settings = read_settings()
    with application(settings):
        raise_all(by)
        keep_mark(settings.instance)
    click.echo(f"Every calendar entry has risen by {by}.")
