"""Forms of the messages room."""

from functools import lru_cache

from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from cag_events.domain.errors import N_
from cag_events.domain.event import EventRecord
from cag_events.domain.seats import Status
from cag_events.domain.texts import Texts, pick
from cag_events.registrations.queries import list_segments
from cag_events.web import dates
from cag_events.web.choices import texts_field, typed
from cag_events.web.forms import BooleanField, Form, Length, MultiCheckboxField, Required, StringField
from cag_events.web.language import current_language, languages

STATUSES = (
    (Status.CONFIRMED, N_("Have a seat")),
    (Status.OFFERED, N_("Are offered a seat")),
    (Status.WAITLISTED, N_("Wait for a seat")),
    (Status.PENDING, N_("Wait for an answer")),
)


class DropForm(Form):
    """Why nobody is written to."""

    reason = StringField(
        N_("Why nobody is to be told"),
        [Required(N_("Say why nobody is to be told. It is kept in the log.")), Length(max=300)],
    )


class _NoteForm(Form):
    """What an organizer adds to a mail about a change."""

    asks_coming = BooleanField(N_("Ask those who have a seat whether they still come"))

    def words(self) -> Texts:
        """Return the note per language."""
        return typed(self._fields["note"])


class _MessageForm(Form):
    """What an organizer writes, and to whom."""

    statuses = MultiCheckboxField(N_("To those who"), choices=[(status.value, word) for status, word in STATUSES])
    segments = MultiCheckboxField(N_("Only these audiences"))
    parts = MultiCheckboxField(N_("Only those who come to"))

    def heads(self) -> Texts:
        """Return the subject per language."""
        return typed(self._fields["subject"])

    def bodies(self) -> Texts:
        """Return the text per language."""
        return typed(self._fields["body"])

    def wanted(self) -> dict[str, list[str]]:
        """Return to whom it goes."""
        return {
            "statuses": list(self.statuses.data or ()),
            "segments": list(self.segments.data or ()),
            "occurrences": list(self.parts.data or ()),
        }

    def offer(self, record: EventRecord) -> None:
        """Fill the lists with the audiences and the event's parts."""
        lang = current_language()
        self.segments.choices = [SelectChoice(one.key, pick(one.name, lang).text) for one in list_segments()]
        self.parts.choices = [
            SelectChoice(str(one.id), _part(one.title, dates.span_text(one.starts_wall, one.ends_wall)))
            for one in record.occurrences
        ]


def _part(title: Texts, span: str) -> str:
    name = pick(title, current_language()).text
    return f"{span} · {name}" if name else span


@lru_cache(maxsize=8)
def _note_class(codes: tuple[str, ...]) -> type[_NoteForm]:
    note = texts_field(codes, N_("Words of yours"), most=1000, is_long=True, rows=3)
    return type("NoteForm", (_NoteForm,), {"note": note})


@lru_cache(maxsize=8)
def _message_class(codes: tuple[str, ...]) -> type[_MessageForm]:
    members = {
        "subject": texts_field(codes, N_("Subject"), most=150),
        "body": texts_field(codes, N_("Text"), most=5000, is_long=True, rows=8),
    }
    return type("MessageForm", (_MessageForm,), members)


def note_form(note: Texts | None = None, *, asks_coming: bool = False) -> _NoteForm:
    """Return the form of a note, with what it says already."""
    form_class = _note_class(languages())
    if note is None:
        return form_class()
    return form_class(formdata=None, note=dict(note), asks_coming=asks_coming)


def message_form(record: EventRecord) -> _MessageForm:
    """Return the form of a message to those who come."""
    form = _message_class(languages())()
    form.offer(record)
    if not form.is_submitted():
        form.statuses.data = [Status.CONFIRMED.value]
    return form
