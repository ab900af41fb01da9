"""The command cag-events: what it says, what it leaves behind, and how it ends."""

import json
import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cag_events.app import create_app
from cag_events.cli import COMMANDS, main
from cag_events.db import db
from cag_events.exchange.files import to_json, to_toml
from cag_events.schema import migrate_back
from tests.conftest import DATA_KEY, INDEX_KEY
from tests.exchange.programmes import DEMO, small

EVENTS = len(tomllib.loads(DEMO.read_text("utf-8"))["events"])

COMMAND = Path(sys.executable).with_name("cag-events")
PASSWORD = "korrekt häst batteri\n"
INIT = ("init", "--organisation", "Exempel", "--email", "eva@example.org", "--name", "Eva", "--password-stdin")


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for an installation, and no settings from elsewhere."""
    for name in [name for name in os.environ if name.startswith("CAG_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "instance"
    monkeypatch.setenv("CAG_INSTANCE", str(folder))
    return folder


@pytest.fixture
def installed(instance: Path, empty_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with an empty database."""
    instance.mkdir()
    shutil.copy(empty_sqlite, instance / "cag_events.sqlite")
    for name, value in (("CAG_DATA_KEY", DATA_KEY), ("CAG_INDEX_KEY", INDEX_KEY), ("CAG_SECRET_KEY", "secret")):
        monkeypatch.setenv(name, value)
    return instance


def run(*args: str, typed: str | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, list(args), input=typed)


def rows(instance: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(instance / "cag_events.sqlite")) as connection:
        return connection.execute(query).fetchall()


def test_help_lists_every_command_without_loading_the_program() -> None:
    code = (
        "import sys; from cag_events.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('flask', 'sqlalchemy', 'icalendar') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert [name for name in COMMANDS if f"  {name} " not in done.stdout] == []
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_each_command_explains_it(name: str) -> None:
    done = run(name, "--help")

    assert done.exit_code == 0
    assert done.output.startswith(f"Usage: main {name}")


def test_unknown_command_is_wrong_usage() -> None:
    assert run("restart").exit_code == 2


def test_load_and_export_give_back_what_was_loaded(installed: Path, tmp_path: Path) -> None:
    file = tmp_path / "programme.toml"
    file.write_text(to_toml(small()), encoding="utf-8")

    first, second = run("load", str(file)), run("load", str(file))
    exported = run("export", str(tmp_path / "out.json"))

    assert (first.exit_code, first.stdout.splitlines()[-1]) == (0, "events: 1 new")
    assert (second.exit_code, second.stdout.splitlines()[-1]) == (0, "events: 1 as before")
    assert (exported.exit_code, exported.stderr) == (0, f"{tmp_path / 'out.json'}: 1 events\n")
    assert run("load", str(tmp_path / "out.json")).stdout.splitlines()[-1] == "events: 1 as before"


def test_load_shows_plain_lines_where_there_is_no_terminal(installed: Path, tmp_path: Path) -> None:
    file = tmp_path / "programme.toml"
    file.write_text(to_toml(small()), encoding="utf-8")

    assert run("load", str(file)).stderr == "events: 1 of 1\npages: 1 of 1\n"


def test_load_names_faults_and_ends_with_one(installed: Path, tmp_path: Path) -> None:
    file = tmp_path / "programme.json"
    occurrences = [{"date": "2026-12-03", "start": "18:00", "end": "17:00"}]
    file.write_text(to_json(small(occurrences=occurrences, food=1)), encoding="utf-8")
    wrong = tmp_path / "wrong.json"
    wrong.write_text(to_json(small(occurrences=occurrences)), encoding="utf-8")

    assert run("load", str(file)).exit_code == 1
    done = run("load", str(wrong))

    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        'events[0] "talk": occurrences[0].end is before start',
        "cag-events: nothing was loaded: 1 fault",
    ]
    assert rows(installed, "SELECT count(*) FROM event") == [(0,)]


def test_load_dry_run_writes_nothing(installed: Path, tmp_path: Path) -> None:
    file = tmp_path / "programme.toml"
    file.write_text(to_toml(small()), encoding="utf-8")

    done = run("load", "--dry-run", str(file))

    assert done.stdout.splitlines()[-2:] == ["events: 1 new", "Nothing was written."]
    assert rows(installed, "SELECT count(*) FROM event") == [(0,)]


@pytest.mark.parametrize("anchor", ["2027-03-09", "tomorrow"])
def test_load_refuses_an_anchor_that_is_no_monday(installed: Path, anchor: str) -> None:
    assert run("load", str(DEMO), "--anchor", anchor).exit_code == 2


def test_load_says_when_a_file_is_not_there(installed: Path, tmp_path: Path) -> None:
    done = run("load", str(tmp_path / "none.toml"))

    assert done.exit_code == 1
    assert done.stderr.splitlines()[0] == f"{tmp_path / 'none.toml'}: No such file or directory"


def test_export_writes_to_standard_output_in_the_form_asked_for(installed: Path) -> None:
    run("load", str(DEMO))

    as_json, as_toml = run("export"), run("export", "--format", "toml")

    assert len(json.loads(as_json.stdout)["events"]) == EVENTS
    assert len(tomllib.loads(as_toml.stdout)["events"]) == EVENTS


def test_export_writes_every_public_entry_as_a_calendar(installed: Path, tmp_path: Path) -> None:
    run("load", str(DEMO))

    done = run("export", str(tmp_path / "all.ics"), "--language", "en")

    text = (tmp_path / "all.ics").read_bytes()
    assert done.exit_code == 0
    assert text.startswith(b"BEGIN:VCALENDAR\r\n")
    assert b"LANGUAGE=en" in text or b"The river between us" in text
    assert b"digital-sakerhet" not in text  # a private event


def test_export_refuses_a_folder_that_is_not_there(installed: Path, tmp_path: Path) -> None:
    done = run("export", str(tmp_path / "nowhere" / "x.json"))

    assert (done.exit_code, done.stderr) == (1, f"cag-events: {tmp_path / 'nowhere'} is no folder\n")


def test_load_names_the_command_that_helps_where_there_is_no_database(instance: Path) -> None:
    done = run("load", str(DEMO))

    assert done.exit_code == 1
    assert done.stderr == "cag-events: the database is empty; `cag-events init` begins a new installation\n"


def test_init_makes_organisation_and_administrator(instance: Path) -> None:
    done = run(*INIT, typed=PASSWORD)

    assert done.exit_code == 0, done.output
    assert "häst" not in done.output
    assert rows(instance, "SELECT email, role FROM account") == [("eva@example.org", "admin")]
    assert rows(instance, "SELECT name FROM organisation") == [('{"sv":"Exempel","en":"Exempel"}',)]
    assert {stat.S_IMODE(path.stat().st_mode) for path in instance.glob("*.key")} == {0o600}
    again = run(*INIT, typed=PASSWORD)
    assert (again.exit_code, again.stderr) == (1, f"cag-events: {instance} holds an installation already\n")


def test_init_leaves_no_half_installation_when_the_password_is_refused(instance: Path) -> None:
    refused = run(*INIT, typed="short\n")
    mended = run(*INIT, typed=PASSWORD)

    assert refused.exit_code == 1
    assert refused.stderr == "cag-events: Use at least 12 characters: three or four words.\n"
    assert mended.exit_code == 0


def test_user_commands_add_list_change_and_disable(installed: Path) -> None:
    eva = ("--name", "Eva", "--role", "admin", "--password-stdin")

    assert run("user", "add", "eva@example.org", *eva, typed=PASSWORD).exit_code == 0
    assert run("user", "add", "bo@example.org", "--name", "Bo", "--role", "editor", "--invite").exit_code == 0
    assert run("user", "role", "bo@example.org", "organizer").stdout == "bo@example.org is organizer.\n"
    assert run("user", "password", "bo@example.org", "--password-stdin", typed=PASSWORD).exit_code == 0
    assert run("user", "disable", "bo@example.org").stdout == "bo@example.org is disabled.\n"
    assert run("user", "list").stdout == "eva@example.org\tadmin\tEva\nbo@example.org\torganizer\tBo (disabled)\n"


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("role", "no@example.org", "admin"), 1, "cag-events: there is no account no@example.org\n"),
        (("role", "no@example.org", "king"), 2, None),
        (("add", "x", "--name", "X", "--role", "admin", "--invite"), 2, None),
        (("add", "x@example.org", "--name", "X", "--role", "admin"), 2, None),
    ],
)
def test_user_commands_refuse_what_they_cannot_do(
    installed: Path, args: tuple[str, ...], code: int, message: str | None
) -> None:
    done = run("user", *args)

    assert done.exit_code == code
    assert message is None or done.stderr == message


def test_user_add_says_when_an_address_is_known(installed: Path) -> None:
    args = ("user", "add", "eva@example.org", "--name", "Eva", "--role", "admin", "--password-stdin")
    run(*args, typed=PASSWORD)

    done = run(*args, typed=PASSWORD)

    assert (done.exit_code, done.stderr) == (1, "cag-events: There is already an account with this address.\n")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("CAG_COLOUR", "red", "unknown setting CAG_COLOUR"),
        ("CAG_LANGUAGES", "tlh", "CAG_LANGUAGES: give sv, en or both, separated by a comma"),
        ("CAG_DATA_KEY", "x", "CAG_DATA_KEY: give id:key pairs, separated by commas"),
        ("CAG_DATABASE_URL", "mysql://x", "CAG_DATABASE_URL: give an sqlite:///… or postgresql://… address"),
    ],
)
def test_bad_settings_stop_any_command_with_one_line(
    installed: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)

    done = run("export")

    assert (done.exit_code, done.stdout, done.stderr) == (1, "", f"cag-events: {message}\n")


def test_missing_key_stops_with_one_line(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAG_INDEX_KEY")

    done = run("export")

    assert done.exit_code == 1
    assert done.stderr == f"cag-events: {installed / 'index.key'} is missing, but the database has rows that need it\n"


def test_broken_database_stops_with_one_line(installed: Path) -> None:
    (installed / "cag_events.sqlite").write_text("no database at all, but a text of some length" * 50)

    done = run("export")

    assert done.exit_code == 1
    assert done.stderr.startswith("cag-events: the database does not answer: ")
    assert done.stderr.count("\n") == 1


def test_migrate_says_in_a_line_that_a_later_release_has_been_here(installed: Path) -> None:
    with closing(sqlite3.connect(installed / "cag_events.sqlite")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    done = run("migrate")

    assert done.exit_code == 1
    assert done.stderr == "cag-events: the database cannot be migrated: Can't locate revision identified by '9999'\n"


def test_migrate_copies_the_file_and_brings_it_up(installed: Path) -> None:
    assert run("migrate").stdout.startswith("The database is at revision ")
    app = create_app()
    with app.app_context():
        migrate_back("0002")
        db.session.remove()
        db.engine.dispose()

    refused, done = run("export"), run("migrate")

    assert refused.exit_code == 1
    assert "run `cag-events migrate`" in refused.stderr
    (copy,) = installed.glob("cag_events.0002-*.sqlite")
    assert done.stdout.splitlines()[0] == f"A copy is in {copy}."
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert run("export").exit_code == 0


def test_doctor_is_content_with_a_good_installation(installed: Path) -> None:
    done = run("doctor")

    assert (done.exit_code, [line.split()[0] for line in done.stdout.splitlines() if "WRONG" in line]) == (0, [])


def test_doctor_names_each_thing_that_is_wrong(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (installed / "data.key").write_text("x")
    (installed / "data.key").chmod(0o644)
    with closing(sqlite3.connect(installed / "cag_events.sqlite")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.commit()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("CAG_SMTP_URL", f"smtp://127.0.0.1:{port}")

    done = run("doctor")

    assert done.exit_code == 1
    assert [line.split()[1] for line in done.stdout.splitlines() if line.startswith("WRONG")] == [
        "migrations",
        "mail",
        "keys",
    ]


def test_doctor_names_a_database_that_others_can_read(installed: Path) -> None:
    (installed / "cag_events.sqlite").chmod(0o644)

    done = run("doctor")

    assert done.exit_code == 1
    assert "cag_events.sqlite can be read by others: chmod 600" in done.stdout


def test_doctor_says_where_nothing_is_installed_and_makes_nothing(instance: Path) -> None:
    done = run("doctor")

    assert done.exit_code == 1
    assert "cag-events init begins a new installation" in done.stdout
    assert not instance.exists()


def test_serve_refuses_an_installation_that_is_not_there(instance: Path) -> None:
    done = run("serve")

    assert (done.exit_code, done.stderr) == (
        1,
        "cag-events: the database is empty; `cag-events init` begins a new installation\n",
    )


def test_worker_once_ends_when_nothing_is_due(installed: Path) -> None:
    assert run("worker", "--once").exit_code == 0


@pytest.fixture
def demo_server(instance: Path) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """The demo, really served; its port and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [COMMAND, "demo", "--port", str(port)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    yield port, process
    process.terminate()
    process.communicate(timeout=30)


@pytest.mark.real_clock
def test_demo_is_filled_and_served_on_loopback(instance: Path, demo_server: tuple[int, subprocess.Popen[str]]) -> None:
    port, process = demo_server

    page = _fetch(f"http://127.0.0.1:{port}/en/")
    assert process.stdout is not None
    printed = "".join(process.stdout.readline() for _ in range(8))

    assert "Central Asia Solidarity Groups" in page
    assert f"http://127.0.0.1:{port}/sv/" in printed
    assert "cag-demo-2026" in printed
    assert rows(instance, "SELECT count(*) FROM event") == [(EVENTS,)]
    assert rows(instance, "SELECT count(*) FROM outbox_message") == [(0,)]


def _fetch(address: str) -> str:
    """Fetch a page of a server that is about to answer."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                body: bytes = answer.read()
                return body.decode()
        except OSError:
            threading.Event().wait(0.1)
    raise AssertionError(f"{address} does not answer")
