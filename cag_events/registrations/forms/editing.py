"""The form by which organizers write one question of an event."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from flask_babel import gettext as _
from wtforms import Form as Part
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import Named
from cag_events.domain.questions import LARGEST, MOST_OPTIONS, WITH_OPTIONS, Answer, Condition, Option, Question
from cag_events.domain.slugs import first_free
from cag_events.domain.texts import pick
from cag_events.registrations.answers import label_of, reply_text
from cag_events.web.choices import show_texts, texts_field, typed
from cag_events.web.forms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    MultiCheckboxField,
    RadioField,
    SelectField,
    StringField,
    WholeNumberField,
    prepare,
)
from cag_events.web.language import current_language

LEAST_ROWS: Final = 4
MORE_ROWS: Final = 3
LONGEST_OPTION_KEY: Final = 40
ANSWERS: Final = {
    Answer.YES_NO: N_("Yes or no"),
    Answer.CHOICE: N_("One of several"),
    Answer.SEVERAL: N_("Any of several"),
    Answer.TEXT: N_("A text"),
    Answer.NUMBER: N_("A number"),
    Answer.DATE: N_("A date"),
}


class QuestionForm(Form):
    """One question; the class with a text per language is made by question_form()."""

    answer = RadioField(N_("How is it answered?"), choices=[(str(key), word) for key, word in ANSWERS.items()])
    least = WholeNumberField(N_("Least"), most=LARGEST)
    most = WholeNumberField(N_("Greatest"), most=LARGEST)
    required = BooleanField(N_("It must be answered"))
    sensitive = BooleanField(N_("The answers are sensitive"))
    decides = BooleanField(N_("The answer decides who gets a seat"))
    segments = MultiCheckboxField(N_("Asked of these groups only"))
    when = SelectField(N_("Asked of"))
    key = StringField(N_("Key"), render_kw={"autocapitalize": "none", "spellcheck": "false"})
    shown = HiddenField()  # the question as it was when the page was opened

    def offer(self, before: Sequence[Question], segments: Sequence[Named]) -> None:
        """Fill the lists: groups, and the answers to earlier questions."""
        lang = current_language()
        self.segments.choices = [SelectChoice(one.key, pick(one.name, lang).text) for one in segments]
        self.when.choices = [
            SelectChoice("", _("Everybody")),
            *(
                SelectChoice(f"{one.key}:{reply}", reply_text(one, reply), optgroup=label_of(one))
                for one in before
                for reply in one.replies
            ),
        ]
        prepare(self)

    def load(self, question: Question) -> None:
        """Show a question."""
        for name in ("least", "most", "required", "sensitive", "decides"):
            self._fields[name].data = getattr(question, name)
        self.answer.data = str(question.answer)
        self.segments.data = list(question.segments)
        self.when.data = f"{question.when.question}:{question.when.answer}" if question.when else ""
        for name in ("label", "hint"):
            show_texts(self._fields[name], getattr(question, name))
        for option in question.options:
            self._rows.append_entry({"key": option.key, "label": option.label})

    def add_rows(self) -> None:
        """Let there be rows for some answers more."""
        rows = self._rows
        while len(rows.entries) < LEAST_ROWS or not (_is_blank(rows.entries[-1]) or len(rows.entries) >= MOST_OPTIONS):
            rows.append_entry()
        prepare(self)

    def change_rows(self, action: str) -> bool:
        """Add rows, or take one out, as a button asks; tell whether it did."""
        if action == "add-options":
            for _number in range(min(MORE_ROWS, MOST_OPTIONS - len(self._rows.entries))):
                self._rows.append_entry()
        elif action.startswith("remove-options-"):
            gone = action.removeprefix("remove-")
            self._rows.entries = [entry for entry in self._rows.entries if entry.id != gone]
        else:
            return False
        return True

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape, and that there are words."""
        is_right = super().validate(extra_validators)
        if not any((self["label"].data or {}).values()):
            next(iter(self["label"].form)).errors = [_("Write the question in at least one language.")]
            is_right = False
        return is_right

    def read(self, before: Question | None) -> Question:
        """Return what was typed; what the chosen kind of answer does not have is left out."""
        answer = Answer(self.answer.data)
        when, _colon, reply = str(self.when.data or "").partition(":")
        is_number = answer is Answer.NUMBER
        return Question(
            key=before.key if before else str(self.key.data or ""),
            label=typed(self["label"], before.label if before else None),
            hint=typed(self["hint"], before.hint if before else None),
            answer=answer,
            required=self.required.data,
            sensitive=self.sensitive.data,
            decides=self.decides.data,
            segments=tuple(self.segments.data or ()),
            options=self._options(before) if answer in WITH_OPTIONS else (),
            when=Condition(question=when, answer=reply) if when else None,
            least=self.least.data if is_number else None,
            most=self.most.data if is_number else None,
        )

    def refuse(self, refused: Refused) -> None:
        """Show a refusal at its field; of texts at the first."""
        if refused.field == "label":
            refused.field = f"label.{next(iter(self['label'].form)).short_name}"
        super().refuse(refused)

    @property
    def _rows(self) -> Any:
        return self["options"]

    def _options(self, before: Question | None) -> tuple[Option, ...]:
        """The answers that were typed; each keeps its key, a new one gets one from its words."""
        known = {option.key: option for option in before.options} if before else {}
        taken = set(known)
        options = []
        for entry in self._rows:
            key = str(entry.form.key.data or "")
            label = typed(entry.form["label"], known[key].label if key in known else None)
            if _is_blank(entry):
                continue
            if key not in known:
                words = next((text for text in label.values() if text), "")
                key = first_free(words[:LONGEST_OPTION_KEY], taken)
                taken.add(key)
            options.append(Option(key=key, label=label))
        return tuple(options)


def _is_blank(entry: Any) -> bool:
    return not any((entry.form["label"].data or {}).values())


@lru_cache(maxsize=16)
def _form_class(languages: tuple[str, ...]) -> type[QuestionForm]:
    row = type("OptionPart", (Part,), {"key": HiddenField(), "label": texts_field(languages, N_("Answer"), most=120)})
    fields = {
        "label": texts_field(languages, N_("Question")),
        "hint": texts_field(languages, N_("What for?"), most=300),
        "options": FieldList(FormField(row), N_("Answers to choose from"), max_entries=MOST_OPTIONS),
    }
    return type("QuestionForm", (QuestionForm,), fields)


def question_form(languages: Sequence[str]) -> QuestionForm:
    """Return the form with a text per language."""
    return _form_class(tuple(languages))()
