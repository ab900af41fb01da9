"""The command `cag-events`: what an operator does. Each command's module is read when it is called."""

from importlib import import_module
from typing import Any, Final

import click

from cag_events import __version__
from cag_events.cli._failing import reported

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("running", "Try it out: an invented programme on this machine."),
    "init": ("starting", "Begin a new installation: database, organisation, first administrator."),
    "serve": ("running", "Serve the site, and deliver mails beside it."),
    "worker": ("running", "Deliver mails and do timed work, apart from the site."),
    "migrate": ("starting", "Bring the database to the current revision."),
    "load": ("programme", "Load programme files, TOML or JSON."),
    "export": ("programme", "Write the whole programme as a file."),
    "import-ics": ("imports", "Take events from a calendar of another program, as drafts."),
    "user": ("accounts", "Accounts: add, list, password, role, disable."),
    "erase": ("erase", "Delete what is kept of a person, at once."),
    "retention": ("retention", "Delete personal data that is due, or count it."),
    "restored": ("restored", "Raise all calendar entries after a backup was put back."),
    "replies": ("replies", "Read a calendar's answer from standard input, for a mail server."),
    "doctor": ("doctor", "Check this installation, a line for each thing."),
}  # name → (module, what it does)


class Commands(click.Group):
    """The commands, in the order of the table above, each loaded when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's)
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's)
        """Return a command, or None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(
            import_module(f"cag_events.cli.{COMMANDS[cmd_name][0]}"), cmd_name.replace("-", "_")
        )
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (click's)
        """List the commands without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what an operator can mend is told in one line, and ends with 1."""
        with reported():
            return super().invoke(ctx)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="cag-events")
def main() -> None:
    """Plan events, reach the audiences they are meant for, and show what they changed.

    Settings are read from instance/config.toml and CAG_… variables; CAG_INSTANCE names another folder.
    """
