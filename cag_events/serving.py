"""Runs the program for good: web processes, and beside them one that delivers the outbox.

All of them are forks of one process that has read the program already: they share its memory and answer at once.
"""

import ctypes
import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from sqlalchemy import select

from cag_events import clock, retention
from cag_events.accounts.models import Organisation
from cag_events.config import Settings
from cag_events.db import db
from cag_events.domain.texts import pick
from cag_events.events.extensions import every_extension
from cag_events.events.services.clocks import follow_zone_data
from cag_events.feeds import entries
from cag_events.feeds.raising import heed_restored, keep_mark
from cag_events.outbox.delivery import has_due, work_once
from cag_events.outbox.mime import Sender
from cag_events.outbox.transports import FileTransport, SmtpTransport, Transport
from cag_events.web import log
from cag_events.web.settings import settings_of
from cag_events.workspace import overlays

WORKERS = 2
THREADS = 4
READ_SECONDS = 30  # for a request's headers
FINISH_SECONDS = 20  # for what is being answered when the server stops; the outbox has the rest of 25
LEAVE_SECONDS = 4
RENEWED_AFTER = 12 * 3600  # seconds; one process after the other
MOST_MEMORY_MB = 500  # of a process, before it is renewed
POLL_SECONDS = 1.0
BEAT_SECONDS = 60.0
TIMED_EVERY = timedelta(minutes=1)
FAULT_SECONDS = 5.0  # of rest after a round that failed as a whole, as when the database is away
PR_SET_NAME = 15  # of prctl(2)
WORKER_NAME = b"cag-outbox"  # in ps and top
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # of mallopt(3)
KEPT_BYTES = 128 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": log.JsonLine}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stdout"}},
    "loggers": {"_granian": {"handlers": ["out"], "level": "ERROR", "propagate": False}},
}  # the server's own words in the form of ours


def make_transport(settings: Settings) -> Transport:
    """Return the way mails leave: the mail server in the settings, or files in the instance folder."""
    return SmtpTransport(settings.smtp_url) if settings.smtp_url else FileTransport(mail_folder(settings))


def mail_folder(settings: Settings) -> Path:
    """Return the folder in which mails are kept as files where there is no mail server."""
    return settings.instance / "mail"


def make_sender(settings: Settings, organisation: Organisation | None) -> Sender:
    """Return from whom mails come: the address in the settings, the organisation's name, people who answer."""
    if organisation is None:
        return Sender(address=settings.mail_from, name=settings.host)
    name = pick(organisation.name, settings.languages[0]).text or organisation.short
    return Sender(address=settings.mail_from, name=name, reply_to=organisation.email)


def work(app: Flask, *, once: bool = False, is_orphan: Callable[[], bool] = lambda: False) -> None:
    """Deliver the outbox, each minute do what rooms do at a time, once a day delete what is due, until told to stop.

    `once`: until nothing is due. `is_orphan` tells whether the server that it stands beside is gone.
    """
    stopping = threading.Event()
    _on_stop(stopping.set)
    transport = make_transport(settings_of(app))
    daily = retention.Daily(mail_folder(settings_of(app)))
    since_beat = BEAT_SECONDS
    timed_at: datetime | None = None
    _catch_up(app)
    with nullcontext() if once else _fetching(app):
        while not stopping.is_set() and not is_orphan():
            _keep_promises(app, daily, stopping)
            if timed_at is None or clock.now() - timed_at >= TIMED_EVERY:
                timed_at = clock.now()
                _do_timed(app)
            done = _round(app, transport, stopping, must=once or since_beat >= BEAT_SECONDS)
            if once and not done:
                _refresh_overlays(app, stopping)
                return
            since_beat = 0.0 if done is not None else since_beat + POLL_SECONDS
            if not done:
                stopping.wait(POLL_SECONDS)


@contextmanager
def _fetching(app: Flask) -> Iterator[None]:
    """A thread that fetches what lies beneath organizers' calendars: other servers may be slow, and mails do not wait.

    It has a database session of its own. Asked to stop, it ends before the next calendar; one that is being fetched is
    not waited for, but left and fetched again at its next time.
    """
    is_over = threading.Event()

    def fetch() -> None:
        while not is_over.is_set():
            _refresh_overlays(app, is_over)
            is_over.wait(TIMED_EVERY.total_seconds())

    thread = threading.Thread(target=fetch, name="overlays", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(POLL_SECONDS)


def _catch_up(app: Flask) -> None:
    """Follow new zone data; render calendar entries anew where the program's words or the site's address changed."""
    with app.app_context():
        try:
            heed_restored(settings_of(app).instance)
            follow_zone_data()
            entries.catch_up()
        except Exception as fault:  # the edge: mails go out also where one event cannot be rendered
            log.fault(fault)
            db.session.rollback()


def _round(app: Flask, transport: Transport, stopping: threading.Event, *, must: bool) -> int | None:
    """Work if anything is due or a sign of life is; return how much was done, None where nothing was looked at."""
    with app.app_context():  # a new one each time: nothing that was read is kept
        try:
            if not must and not has_due():
                return None
            sender = make_sender(settings_of(app), db.session.scalar(select(Organisation).limit(1)))
            return work_once(transport, sender, stopping.is_set)
        except Exception as fault:  # the edge: the worker outlives whatever is wrong for a while
            log.fault(fault)
            db.session.rollback()
            stopping.wait(FAULT_SECONDS)
            return 0


def _keep_promises(app: Flask, daily: retention.Daily, stopping: threading.Event) -> None:
    """Delete what is due, once a day; tried again a little later when it cannot begin."""
    with app.app_context():
        try:
            daily.run_if_due(stopping.is_set)
        except Exception as fault:  # the edge: the worker outlives whatever is wrong for a while
            log.fault(fault)
            db.session.rollback()
            stopping.wait(FAULT_SECONDS)


def _refresh_overlays(app: Flask, stopping: threading.Event) -> None:
    """Fetch what lies beneath organizers' calendars, the few whose time has come."""
    with app.app_context():
        try:
            overlays.refresh_due(clock.now(), stopping.is_set)
        except Exception as fault:  # the edge: it is tried again in a minute
            log.fault(fault)
            db.session.rollback()


def _do_timed(app: Flask) -> None:
    """Let each room do what is to be done by now; keep how far the programme has come, and catch up with its words."""
    with app.app_context():
        try:
            keep_mark(settings_of(app).instance)
            entries.catch_up(again=False)
        except Exception as fault:  # the edge: as where the folder cannot be written
            log.fault(fault)
            db.session.rollback()
        for one in every_extension():
            try:
                one.timed(clock.now())
            except Exception as fault:  # the edge: one room's fault is not the others', and it is tried again
                log.fault(fault)
                db.session.rollback()


def serve(
    app: Flask, *, host: str, port: int, workers: int = WORKERS, threads: int = THREADS, with_worker: bool = True
) -> None:
    """Serve an application, made and on the right schema, until SIGTERM or SIGINT; then finish within 25 seconds.

    A process that dies is replaced. `with_worker`: one more beside them delivers the outbox. Raises OSError if somebody
    else has the port.
    """
    _require_free(host, port)
    multiprocessing.set_start_method("fork", force=True)
    _save_memory()
    _share(app)
    server = Granian(
        "cag_events.app:create_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=READ_SECONDS * 1000),
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig=LOGGING,
        log_access=False,
        respawn_failed_workers=True,
        workers_lifetime=RENEWED_AFTER,
        workers_max_rss=MOST_MEMORY_MB,
        workers_kill_timeout=FINISH_SECONDS,
    )
    if with_worker:
        beside = _Beside(app)
        server.on_startup(beside.start)
        server.on_shutdown(beside.stop)
    parent = os.getpid()
    server.serve(target_loader=lambda: _loaded(app, parent), wrap_loader=False)


def _require_free(host: str, port: int) -> None:
    """Raise OSError, which says it in a line, if somebody else has the port; the server itself would panic."""
    with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
        return


def _save_memory() -> None:
    """Let all threads of a process share one heap, and give large pieces back: glibc keeps a heap for each and hoards.

    Threads hardly ever allocate at the same moment, since the interpreter runs one of them at a time.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        for setting, value in ((M_ARENA_MAX, 1), (M_TRIM_THRESHOLD, KEPT_BYTES), (M_MMAP_THRESHOLD, KEPT_BYTES)):
            libc.mallopt(setting, value)


def _share(app: Flask) -> None:
    """Read now what all processes need, leave nothing open that forks must not share, and nothing that the collector
    would copy page by page."""
    _answer_once(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    gc.collect()
    gc.freeze()


def _answer_once(app: Flask) -> None:
    """Make the front page of each language, unseen: its templates, words and statements are then in memory for all."""
    settings = settings_of(app)
    log.LOGGER.disabled = True
    try:
        for code in settings.languages:
            app.test_client().get(f"/{code}/", base_url=settings.base_url)
    finally:
        log.LOGGER.disabled = False


def _loaded(app: Flask, parent: int) -> Flask:
    """Return the application in a web process."""
    end_with(parent)
    return app


def end_with(parent: int) -> None:
    """Stop this process when the one that made it is gone, even by kill -9: ports are free then.

    It looks for itself: of a signal from the system (PR_SET_PDEATHSIG) it may hear before it listens, or a second time
    while it acts on the first, which the server does not survive. What its parent did at signals is not for it to do.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    threading.Thread(target=_look_for, args=(parent,), name="parent-watch", daemon=True).start()


def _look_for(parent: int) -> None:
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    pause.wait(LEAVE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


class _Beside:
    """The process that delivers the outbox, started anew when it dies."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.is_over = threading.Event()
        self.process: BaseProcess | None = None

    def start(self) -> None:
        """Start it, watch it, and tell it at once when the server is told to stop."""
        self._spawn()
        threading.Thread(target=self._watch, name="outbox-watch", daemon=True).start()
        for number in (signal.SIGTERM, signal.SIGINT):
            _add_handler(number, self._ask)

    def stop(self) -> None:
        """Wait for it a little; what it has not marked as sent is sent again by the next one."""
        self._ask()
        if self.process is not None:
            self.process.join(LEAVE_SECONDS)
            if self.process.is_alive():
                self.process.kill()
                self.process.join()

    def _spawn(self) -> None:
        self.process = multiprocessing.get_context("fork").Process(target=_work_beside, args=(self.app, os.getpid()))
        self.process.start()

    def _watch(self) -> None:
        while not self.is_over.is_set():
            if self.process is not None:
                self.process.join()
            if not self.is_over.wait(POLL_SECONDS):
                log.LOGGER.error("the outbox worker died and is started anew")
                self._spawn()

    def _ask(self) -> None:
        self.is_over.set()
        if self.process is not None and self.process.is_alive():
            self.process.terminate()


def _work_beside(app: Flask, parent: int) -> None:
    end_with(parent)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NAME, WORKER_NAME)
    work(app, is_orphan=lambda: os.getppid() != parent)


def _on_stop(react: Callable[[], None]) -> None:
    """Do this, and nothing else, when the process is told to stop."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: react())


def _add_handler(number: signal.Signals, react: Callable[[], None]) -> None:
    """Do this too when a signal comes."""
    before = signal.getsignal(number)

    def both(received: int, frame: FrameType | None) -> Any:
        react()
        if callable(before):
            before(received, frame)

    signal.signal(number, both)
