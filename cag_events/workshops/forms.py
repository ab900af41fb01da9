"""Forms of the workshops room."""

from functools import lru_cache

from flask_babel import gettext as _

from cag_events.domain.errors import N_
from cag_events.domain.texts import Texts
from cag_events.web.choices import show_texts, texts_field, typed
from cag_events.web.forms import BooleanField, Form, HiddenField
from cag_events.web.gate import whole_number
from cag_events.web.language import in_language, languages


class GoForm(Form):
    """The workshop is held."""

    tells = BooleanField(N_("Tell those who have a seat that it takes place"))


class CallOffForm(Form):
    """The workshop is cancelled: the version of the event that this was decided on, and why."""

    version = HiddenField()

    def number(self) -> int:
        """Return the version as a number; 0 for anything else."""
        return whole_number(self.version.data, 0)

    def reason(self) -> Texts:
        """Return the reason that was typed, by language."""
        return typed(self._fields["why"])


def call_off_form(version: int) -> CallOffForm:
    """Return the form as it was sent, else filled with the usual reason in every language of the site."""
    form = _form_class(languages())()
    if not form.is_submitted():
        form.version.data = str(version)
        show_texts(form._fields["why"], usual_reason())
    return form


def usual_reason() -> Texts:
    """Return why workshops are cancelled that too few have registered for, in every language of the site."""
    texts: Texts = {}
    for code in languages():
        with in_language(code):
            texts[code] = str(_("Too few people have registered for the workshop."))
    return texts


@lru_cache(maxsize=8)
def _form_class(codes: tuple[str, ...]) -> type[CallOffForm]:
    why = texts_field(codes, N_("Why"), most=600, is_long=True, rows=3)
    return type("WhyForm", (CallOffForm,), {"why": why})
