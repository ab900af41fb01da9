"""demo · serve · worker."""

import os

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from cag_events import demo as invented
from cag_events.config import Settings, read_settings


@click.command()
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--fresh", is_flag=True, help="Forget what was changed and start over.")
def demo(port: int, fresh: bool) -> None:
    """Try it out: an invented programme around today, served on this machine alone.

    A second run keeps what was changed.
    """
    settings = invented.settings_for(read_settings(), port)
    is_new = invented.prepare(settings, fresh=fresh)
    click.echo(invented.welcome(settings, is_new=is_new))
    _serve(settings, host="127.0.0.1", port=port)


def _serve(settings: Settings, *, host: str, port: int) -> None:
    os.environ.update(
        CAG_INSTANCE=str(settings.instance), CAG_BASE_URL=settings.base_url, CAG_DATABASE_URL=settings.database_url
    )
    Granian(
        "cag_events.app:create_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=4,
        log_level=LogLevels.warning,
    ).serve()
