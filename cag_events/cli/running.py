"""demo · serve · worker."""

import click

from cag_events import demo as invented
from cag_events import serving
from cag_events.cli._app import application
from cag_events.cli._failing import Failed
from cag_events.config import LOOPBACK, read_settings
from cag_events.events.catching_up import write_missing
from cag_events.schema import current_revision, migrate, newest_revision

PORT = click.IntRange(1, 65535)


@click.command()
@click.option("--port", default=5000, show_default=True, type=PORT)
@click.option("--fresh", is_flag=True, help="Forget what was changed and start over.")
def demo(port: int, fresh: bool) -> None:
    """Try it out: an invented programme around today, served on this machine alone.

    A second run keeps what was changed.
    """
    settings = invented.settings_for(read_settings(), port)
    if fresh:
        invented.forget(settings)
    with application(settings, migrated=False) as app:
        if current_revision() != newest_revision():
            migrate()
            write_missing()
        is_new = invented.fill_if_empty(settings)
    click.echo(invented.welcome(settings, is_new=is_new))
    serving.serve(app, host="127.0.0.1", port=port, workers=1)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=5000, show_default=True, type=PORT)
@click.option("--workers", default=serving.WORKERS, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option(
    "--threads", default=serving.THREADS, show_default=True, type=click.IntRange(1, 64), help="Threads of each process."
)
@click.option("--no-worker", is_flag=True, help="Deliver no mails; `cag-events worker` does it elsewhere.")
def serve(*, host: str, port: int, workers: int, threads: int, no_worker: bool) -> None:
    """Serve the site, and deliver mails beside it, until stopped."""
    settings = read_settings()
    with application(settings) as app:
        if invented.is_demo() and host not in LOOPBACK:
            raise Failed("the demo's password is known to all: it is served on loopback only")
    click.echo(f"{settings.base_url} is served on {host}:{port}. Ctrl+C stops it.")
    serving.serve(app, host=host, port=port, workers=workers, threads=threads, with_worker=not no_worker)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due and end.")
def worker(once: bool) -> None:
    """Deliver mails and do timed work, apart from the site, until stopped."""
    with application() as app:
        pass
    serving.work(app, once=once)
