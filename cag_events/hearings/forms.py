"""The forms of the room: asking to speak, writing in, the record, commitments."""

from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from cag_events.domain.errors import N_
from cag_events.domain.hearing import Level, Promise
from cag_events.hearings.models import Commitment, SpeakingSlot, Submission
from cag_events.hearings.record import Answer, Record
from cag_events.hearings.services import Change, NewCommitment, NewSubmission, Wish
from cag_events.hearings.wording import LEVELS, PROMISES
from cag_events.kinds.hearing import MOST_CHARS, Session
from cag_events.web.choices import show_texts, texts_field, typed
from cag_events.web.dates import language_name
from cag_events.web.forms import (
    BooleanField,
    DateField,
    Email,
    EmailField,
    FieldList,
    Form,
    HiddenField,
    Length,
    Optional,
    PublicForm,
    RadioField,
    Required,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
    prepare,
)
from cag_events.web.language import current_language

LANGUAGES = ("sv", "en", "ru", "ky", "kk", "tg", "uz", "fa")


def _languages() -> list[Any]:
    return [SelectChoice("", _("not said")), *(SelectChoice(code, language_name(code)) for code in LANGUAGES)]


def _link(_form: Any, field: Any) -> None:
    if field.data and not field.data.startswith(("https://", "http://")):
        raise ValidationError(N_("Enter an address that begins with https://."))


class WishForm(Form):
    """Asking to speak."""

    called = StringField(
        N_("What shall the chair call you?"),
        [Required(N_("Say by which name you are called up.")), Length(max=100)],
        render_kw={"autocomplete": "off"},
    )
    topic = StringField(
        N_("What you want to speak about, in one line"), [Required(N_("Say it in one line.")), Length(max=300)]
    )
    organisation = StringField(N_("Organisation, if you speak for one"), [Length(max=200)])
    language = SelectField(N_("Language that you speak"))
    needs_interpreting = BooleanField(N_("I need interpreting"))
    proxy = StringField(N_("Somebody else speaks for me: their name"), [Length(max=100)])
    consents = BooleanField(N_("The published record may say that I spoke, with the name and topic above"))

    def offer(self, row: SpeakingSlot | None, name: str) -> None:
        """Fill the list, and the fields with what was asked for before."""
        self.language.choices = _languages()
        if row is not None and row.called_sealed is not None and not self.is_submitted():
            for field in ("called", "topic", "organisation", "language", "needs_interpreting", "proxy", "consents"):
                self._fields[field].data = getattr(row, field)
        elif not self.is_submitted():
            self.called.data = name
            self.language.data = current_language()
        prepare(self)

    def read(self) -> Wish:
        """Return what was typed."""
        return Wish(
            called=self.called.data or "",
            topic=self.topic.data or "",
            organisation=self.organisation.data or "",
            proxy=self.proxy.data or "",
            language=self.language.data or "",
            needs_interpreting=bool(self.needs_interpreting.data),
            consents=bool(self.consents.data),
        )


class _Writes:
    """The fields that writing in and changing it have in common."""

    text = TextAreaField(
        N_("Your text"), [Required(N_("Write your text.")), Length(max=MOST_CHARS)], render_kw={"rows": 12}
    )
    language = SelectField(N_("Language of the text"))
    level = RadioField(
        N_("How far may it go?"),
        choices=[SelectChoice(level.value, label) for level, label in LEVELS.items()],
        validators=[Required(N_("Choose how far it may go."))],
    )
    name = StringField(N_("Your name, or an alias"), [Length(max=200)], render_kw={"autocomplete": "name"})
    organisation = StringField(N_("Organisation"), [Length(max=200)], render_kw={"autocomplete": "organization"})


def _named(form: Any) -> bool:
    """Refuse a text that shall stand with a name and has none."""
    if form.level.data == Level.PUBLIC and not form.name.data and not form.organisation.data:
        form.name.errors = [*form.name.errors, _("Give a name or an organisation, or choose “without my name”.")]
        return False
    return True


class SubmissionForm(_Writes, PublicForm):
    """Writing in, by somebody nobody knows."""

    email = EmailField(
        N_("E-mail, if you want the link sent"),
        [Optional(), Email()],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )

    def offer(self) -> None:
        """Fill the list."""
        self.language.choices = _languages()
        if not self.is_submitted():
            self.language.data = current_language()
        prepare(self)

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether the shape is right."""
        return super().validate(extra_validators) and _named(self)

    def read(self) -> NewSubmission:
        """Return what was typed."""
        return NewSubmission(
            text=self.text.data or "",
            level=Level(self.level.data),
            name=self.name.data or "",
            organisation=self.organisation.data or "",
            language=self.language.data or "",
            email=self.email.data or None,
            page_language=current_language(),
            key=self.key,
        )


class ChangeForm(_Writes, Form):
    """Changing one's submission."""

    def offer(self, row: Submission) -> None:
        """Fill the list, and the fields with what is kept."""
        self.language.choices = _languages()
        if not self.is_submitted():
            self.text.data, self.name.data = row.text, row.name
            self.organisation.data, self.language.data = row.organisation, row.language
            self.level.data = row.chosen.value
        prepare(self)

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether the shape is right."""
        return super().validate(extra_validators) and _named(self)

    def read(self) -> Change:
        """Return what was typed."""
        return Change(
            text=self.text.data or "",
            level=Level(self.level.data),
            name=self.name.data or "",
            organisation=self.organisation.data or "",
            language=self.language.data or "",
        )


class RecordForm(Form):
    """The record; its class is made for the site's languages by record_form()."""

    version = HiddenField()

    def load(self, record: Record, session: Session, version: int) -> None:
        """Fill the fields from what is kept: an answer for the subject and for each question."""
        answers = {one.question: one.text for one in record.answers}
        for number in range(len(session.questions) + 1):
            if number >= len(self.answers):
                self.answers.append_entry()
            if not self.is_submitted():
                show_texts(self.answers[number], answers.get(number, {}))
        if self.is_submitted():
            prepare(self)
            return
        self.version.data = str(version)
        for name in ("summary", "reply", "replied_by"):
            show_texts(self._fields[name], getattr(record, name))
        for name in ("minutes", "video", "transcript", "replied_on"):
            self._fields[name].data = getattr(record, name)
        prepare(self)

    def read(self, before: Record) -> Record:
        """Return what was typed; texts in languages that the form does not show stay."""
        answers = {one.question: one.text for one in before.answers}
        return Record(
            summary=typed(self.summary, before.summary),
            answers=tuple(
                Answer(question=number, text=text)
                for number, entry in enumerate(self.answers)
                if (text := typed(entry, answers.get(number)))
            ),
            minutes=self.minutes.data or "",
            video=self.video.data or "",
            transcript=self.transcript.data or "",
            reply=typed(self.reply, before.reply),
            replied_by=typed(self.replied_by, before.replied_by),
            replied_on=self.replied_on.data,
        )


@lru_cache(maxsize=8)
def record_form(languages: tuple[str, ...], answers: int) -> type[RecordForm]:
    """Return the form of a record with so many answers."""
    answer = texts_field(languages, N_("Answer"), most=MOST_CHARS, is_long=True)
    return type(
        "RecordForm",
        (RecordForm,),
        {
            "summary": texts_field(languages, N_("Summary"), most=MOST_CHARS, is_long=True, rows=8),
            "answers": FieldList(answer, N_("Answers"), max_entries=answers),
            "minutes": StringField(N_("Minutes: address"), [Length(max=1900), _link]),
            "video": StringField(N_("Film: address"), [Length(max=1900), _link]),
            "transcript": StringField(N_("Transcript: address"), [Length(max=1900), _link]),
            "reply": texts_field(languages, N_("Reply of the authority"), most=MOST_CHARS, is_long=True),
            "replied_by": texts_field(languages, N_("Who replied")),
            "replied_on": DateField(N_("Replied on"), [Optional()]),
        },
    )


class CommitmentForm(Form):
    """A commitment; its class is made for the site's languages by commitment_form()."""

    version = HiddenField()
    due_on = DateField(N_("Until when"), [Optional()])
    status = RadioField(
        N_("How it stands"),
        choices=[SelectChoice(status.value, label) for status, label in PROMISES.items()],
        default=Promise.OPEN.value,
    )
    evidence_url = StringField(N_("Where that can be seen: address"), [Length(max=1900), _link])
    replied_on = DateField(N_("Replied on"), [Optional()])
    is_cleared = BooleanField(N_("Everybody may read it on the record's page"))

    def load(self, row: Commitment | None) -> None:
        """Show a commitment."""
        if row is not None and not self.is_submitted():
            self.version.data = str(row.version)
            for name in ("promised_by", "what", "evidence", "reply"):
                show_texts(self._fields[name], getattr(row, name))
            self.due_on.data, self.status.data = row.due_on, row.status.value
            self.evidence_url.data, self.replied_on.data = row.evidence_url, row.replied_on
            self.is_cleared.data = row.is_cleared
        prepare(self)

    def read(self, row: Commitment | None) -> NewCommitment:
        """Return what was typed."""
        texts = {
            name: typed(self._fields[name], getattr(row, name) if row else None)
            for name in ("promised_by", "what", "evidence", "reply")
        }
        return NewCommitment(
            **texts,
            due_on=self.due_on.data,
            status=Promise(self.status.data or Promise.OPEN),
            evidence_url=self.evidence_url.data or "",
            replied_on=self.replied_on.data,
            is_cleared=bool(self.is_cleared.data),
        )


@lru_cache(maxsize=8)
def commitment_form(languages: tuple[str, ...]) -> type[CommitmentForm]:
    """Return the form of a commitment."""
    return type(
        "CommitmentForm",
        (CommitmentForm,),
        {
            "promised_by": texts_field(languages, N_("Who promised")),
            "what": texts_field(languages, N_("What was promised"), most=2000, is_long=True, rows=3),
            "evidence": texts_field(languages, N_("How we know"), most=4000, is_long=True, rows=3),
            "reply": texts_field(languages, N_("Reply of the authority"), most=4000, is_long=True, rows=3),
        },
    )
