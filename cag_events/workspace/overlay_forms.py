"""The forms of somebody's own calendars beneath the workspace's."""

from wtforms import FileField
from wtforms.validators import Length, Optional

from cag_events.domain.errors import N_, Refused
from cag_events.web.forms import Form, RadioField, Required, StringField
from cag_events.workspace.overlays import MOST_FILE_BYTES

TOKENS = (
    ("", N_("Neutral")),
    ("env", N_("Green leaf")),
    ("gen", N_("Purple disc")),
    ("you", N_("Orange triangle")),
    ("con", N_("Blue square")),
)
LONGEST_NAME = 100


class OverlayForm(Form):
    """An overlay's name and colour."""

    name = StringField(N_("Name"), [Required(N_("Give it a name.")), Length(max=LONGEST_NAME)])
    token = RadioField(N_("Colour and shape"), choices=[*TOKENS], default="")


class NewOverlayForm(Form):
    """A calendar by its address or as a file."""

    url = StringField(
        N_("Address of the calendar"),
        [Optional(), Length(max=2000)],
        description=N_("The secret or public address that the other program gives, usually ending in .ics."),
        render_kw={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"},
    )
    file = FileField(
        N_("Or a calendar file, at most 3 MB"), render_kw={"accept": "text/calendar,.ics,.ical,.ifb,.icalendar"}
    )
    name = StringField(
        N_("Name"), [Optional(), Length(max=LONGEST_NAME)], description=N_("Empty: the name that it has there.")
    )
    token = RadioField(N_("Colour and shape"), choices=[*TOKENS], default="")

    def called(self) -> str:
        """Return the name of the file that was sent, without the folders that some programs name."""
        name = str(getattr(self.file.data, "filename", "") or "")
        return name.replace("\\", "/").rpartition("/")[2]

    def octets(self) -> bytes:
        """Return the file that was sent, or nothing. Raises Refused overlay.neither, overlay.both."""
        sent = self.file.data
        octets: bytes = sent.stream.read(MOST_FILE_BYTES + 1) if sent is not None and hasattr(sent, "stream") else b""
        if octets and self.url.data:
            raise Refused("overlay.both", N_("Give an address or a file, not both."), field="url")
        if not octets and not self.url.data:
            raise Refused("overlay.neither", N_("Give the address of a calendar, or a file."), field="url")
        return octets
