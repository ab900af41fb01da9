"""import-ics."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click

from cag_events import clock
from cag_events.cli._app import application
from cag_events.cli._failing import Failed
from cag_events.cli._progress import Shown
from cag_events.config import read_settings
from cag_events.imports import known, services
from cag_events.imports.apart import read_apart
from cag_events.imports.fetching import MOST_OCTETS, fetch_calendar, looks_like_calendar
from cag_events.imports.merging import FIELDS
from cag_events.imports.plans import Action, Plan, Proposal, is_writable, plan_import
from cag_events.imports.services import Outcome, Report, outcome_of
from cag_events.imports.wishes import Surroundings
from cag_events.kinds import KINDS
from cag_events.permissions import SYSTEM

WORDS: Final = {
    Action.NEW: "taken as drafts",
    Action.CHANGED: "changed",
    Action.SAME: "as before",
    Action.CANCELLED: "cancelled there",
    Action.GONE: "no longer in the file",
    Action.LEFT: "left",
}
_PRIVATE: Final = "entry.private"
_OVER: Final = "entry.over"
_REASONS: Final = frozenset({_PRIVATE, _OVER, "entry.deleted"})


@click.command()
@click.argument("source", metavar="FILE|URL")
@click.option("--kind", type=click.Choice(sorted(KINDS)), help="Of entries that do not say their kind; else a lecture.")
@click.option("--theme", help="Key of the theme of entries that name none.")
@click.option(
    "--also",
    multiple=True,
    type=click.Choice(["past", "private", "cancelled"]),
    help="Take what is over, or marked as private, too; cancel here what is cancelled there (a draft is deleted).",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
def import_ics(source: str, kind: str | None, theme: str | None, also: tuple[str, ...], dry_run: bool) -> None:
    """Take events from a calendar of another program, as drafts. `-` is standard input.

    The same file twice changes nothing. A newer one changes what nobody has changed here since. What was left is named,
    with the reason.
    """
    octets = _octets(source)
    settings = read_settings()
    languages = settings.languages
    with application(settings):
        around = known.surroundings(languages[0], languages, kind or "", theme or "")
        if theme and theme not in around.themes.values():
            raise Failed(f"there is no theme {theme}")
        allowed = {code for word, code in (("private", _PRIVATE), ("past", _OVER)) if word in also}

        def choose(one: Proposal) -> bool:
            if one.action is Action.CANCELLED:
                return "cancelled" in also
            return one.is_chosen or (bool(_reasons(one)) and _reasons(one) <= allowed)

        report = _plan(octets, around, source, choose) if dry_run else _take(octets, around, source, choose)
    for line in described(report.outcomes):
        click.echo(line)
    counts = [f"{report.counts[action]} {words}" for action, words in WORDS.items() if report.counts.get(action)]
    click.echo(f"{', '.join(counts) or 'there are no entries in it'}.")
    if dry_run:
        click.echo("Nothing was written.")


def _reasons(one: Proposal) -> set[str]:
    """Why an entry is left unless it is asked for."""
    return (
        {remark.code for remark in one.remarks} & _REASONS if one.action is Action.LEFT and is_writable(one) else set()
    )


def _octets(source: str) -> bytes:
    if source.lower().startswith(("http://", "https://", "webcal://", "webcals://")):
        return fetch_calendar(source).octets
    if source == "-":
        octets = sys.stdin.buffer.read(MOST_OCTETS + 1)
    else:
        path = Path(source)
        if path.is_dir():
            raise Failed(f"{path} is a folder")
        with path.open("rb") as file:
            octets = file.read(MOST_OCTETS + 1)
    if len(octets) > MOST_OCTETS:
        raise Failed(f"{source} is larger than {MOST_OCTETS // 1_000_000} MB")
    if not looks_like_calendar(octets):
        raise Failed(f"{source} is no calendar")
    return octets


def _plan(octets: bytes, around: Surroundings, source: str, choose: services.Choice) -> Report:
    calendar = read_apart(octets, home=around.home)
    plan: Plan = plan_import(calendar, around, services.source_index(services.place_of(source)), clock.now())
    outcomes = tuple(outcome_of(one, is_taken=is_writable(one) and choose(one)) for one in plan.proposals)
    return Report.of(outcomes, plan.remarks)


def _take(octets: bytes, around: Surroundings, source: str, choose: services.Choice) -> Report:
    progress = Shown()
    try:
        return services.take(
            octets, around, place=services.place_of(source), choose=choose, progress=progress, by=SYSTEM
        )
    finally:
        progress.close()


def described(outcomes: Iterable[Outcome]) -> list[str]:
    """Return a line for each entry that was not as before, with what is worth saying of it."""
    lines = []
    for one in outcomes:
        if one.action == Action.SAME:
            continue
        title = one.title or "(no title)"
        what = WORDS[Action(one.action)] if one.action != Action.NEW else "draft"
        fields = f" ({', '.join(FIELDS[name].lower() for name in one.fields)})" if one.fields else ""
        key = f" → {one.event_key}" if one.event_key else ""
        lines.append(f"{title}: {what}{fields}{key}")
        lines += [f"  {_words(remark['text'], remark['facts'])}" for remark in one.remarks]
    return lines


def _words(text: str, facts: dict[str, object]) -> str:
    shown = {
        name: ", ".join(FIELDS[word].lower() if word in FIELDS else str(word) for word in value)
        if isinstance(value, list)
        else value
        for name, value in facts.items()
    }
    return text % shown if shown else text
