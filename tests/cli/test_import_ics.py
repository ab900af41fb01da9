"""The command import-ics: what it takes, what it says, how it ends."""

from pathlib import Path

import pytest

from cag_events.imports.fetching import loopback_allowed
from tests.cli.test_commands import installed, instance, rows, run
from tests.imports.given import calendar, entry
from tests.imports.server import Reply, server

__all__ = ["installed", "instance"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "evenings.ics"
    path.write_bytes(calendar(entry(), entry("CLASS:PRIVATE", uid="two", title="Board meeting")))
    return path


def test_import_takes_drafts_and_says_what_it_left(installed: Path, file: Path) -> None:
    done = run("import-ics", str(file), "--kind", "workshop")

    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "Open evening: draft → open-evening",
        "  The file does not say where it is; choose the place.",
        "Board meeting: left",
        "  It is marked as private there. Choose it if it may be taken.",
        "  The file does not say where it is; choose the place.",
        "1 taken as drafts, 1 left.",
    ]
    assert done.stderr == "entries: 1 of 1\n"
    assert rows(installed, "SELECT key, kind, status FROM event") == [("open-evening", "workshop", "draft")]


def test_import_changes_nothing_the_second_time(installed: Path, file: Path) -> None:
    run("import-ics", str(file))
    before = rows(installed, "SELECT * FROM event")

    again = run("import-ics", str(file))

    assert again.stdout.splitlines()[-1] == "1 as before, 1 left."
    assert rows(installed, "SELECT * FROM event") == before


def test_import_only_tells_when_it_is_dry(installed: Path, file: Path) -> None:
    done = run("import-ics", str(file), "--dry-run", "--also", "private")

    assert done.exit_code == 0
    assert done.stdout.splitlines()[-2:] == ["2 taken as drafts.", "Nothing was written."]
    assert rows(installed, "SELECT * FROM event") == []


def test_import_takes_what_is_private_or_past_when_asked(installed: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.ics"
    path.write_bytes(calendar(entry("CLASS:PRIVATE"), entry(uid="old", title="Old", start="20100101T100000")))

    assert run("import-ics", str(path)).stdout.splitlines()[-1] == "2 left."
    assert run("import-ics", str(path), "--also", "past").stdout.splitlines()[-1] == "1 taken as drafts, 1 left."
    assert run("import-ics", str(path), "--also", "private").stdout.splitlines()[-1] == (
        "1 taken as drafts, 1 as before."
    )


def test_import_reads_standard_input(installed: Path, file: Path) -> None:
    assert run("import-ics", "-", typed=file.read_text("utf-8")).stdout.splitlines()[-1] == "1 taken as drafts, 1 left."


def test_import_fetches_an_address_of_the_world_alone(installed: Path, file: Path) -> None:
    with server() as served:
        served.replies["/a.ics"] = Reply(file.read_bytes())
        address = f"{served.address}/a.ics"

        refused = run("import-ics", address)
        with loopback_allowed():
            done = run("import-ics", address)

    assert (refused.exit_code, refused.stderr) == (
        1,
        "cag-events: 127.0.0.1 lies inside a private network, where nothing is fetched.\n",
    )
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "1 taken as drafts, 1 left.")


@pytest.mark.parametrize(
    ("content", "message"), [(b"", "is no calendar"), (b"<html>", "is no calendar"), (None, "No such file")]
)
def test_import_fails_with_a_line_for_what_is_no_calendar(
    content: bytes | None, message: str, installed: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.ics"
    if content is not None:
        path.write_bytes(content)

    done = run("import-ics", str(path))

    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1
    assert message in done.stderr


@pytest.mark.parametrize("args", [(), ("--kind", "party", "a.ics"), ("a.ics", "--also", "everything")])
def test_import_of_wrong_usage_exits_with_two(args: tuple[str, ...], installed: Path) -> None:
    assert run("import-ics", *args).exit_code == 2


def test_import_refuses_an_unknown_theme(installed: Path, file: Path) -> None:
    done = run("import-ics", str(file), "--theme", "nonsense")

    assert (done.exit_code, done.stderr) == (1, "cag-events: there is no theme nonsense\n")
