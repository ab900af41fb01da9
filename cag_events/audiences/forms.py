"""The editors of contacts, partners and segments."""

from functools import lru_cache
from typing import Any

from flask_babel import gettext

from cag_events.audiences.models import Contact, Partner, Segment
from cag_events.audiences.services import ContactFields, PartnerFields, SegmentFields
from cag_events.domain.errors import N_
from cag_events.web.choices import countries, show_texts, spoken_languages, texts_field, typed
from cag_events.web.forms import (
    BooleanField,
    Email,
    EmailField,
    Form,
    Length,
    MultiCheckboxField,
    Optional,
    RadioField,
    Required,
    SelectField,
    StringField,
    prepare,
)

NAMED = (
    ("yes", N_("Yes, everywhere")),
    ("no", N_("No, never")),
    ("", N_("Has not said: yes on open events, no on others")),
)
ROLES = (
    ("direct", N_("Takes part for themselves")),
    ("multiplier", N_("Passes knowledge on")),
    ("decision_maker", N_("Makes decisions")),
)


class ContactForm(Form):
    """Somebody we may write to, or who takes part in front."""

    name = StringField(N_("Name"), [Required()], render_kw={"autocomplete": "off"})
    name_local = StringField(N_("Name in another script"), render_kw={"autocomplete": "off"})
    email = EmailField(N_("E-mail"), [Optional(), Email()], render_kw={"autocomplete": "off"})
    country = SelectField(N_("Country"))
    languages = MultiCheckboxField(N_("Speaks"))
    named = RadioField(N_("May be named publicly"), choices=[*NAMED], default="")

    def offer(self, contact: Contact | None) -> None:
        """Fill the lists."""
        self.country.choices = countries(contact.country if contact else "")
        self.languages.choices = spoken_languages(*(contact.languages if contact else ()))
        prepare(self)

    def load(self, contact: Contact | None) -> None:
        """Show a contact."""
        if contact is None:
            return
        for name in ("name", "name_local", "email", "country", "languages"):
            self._fields[name].data = getattr(contact, name)
        show_texts(self.title, contact.title)
        self.named.data = "" if contact.named is None else "yes" if contact.named else "no"

    def read(self, contact: Contact | None) -> ContactFields:
        """Return what was typed."""
        had = contact.languages if contact else []
        chosen = self.languages.data or []
        return ContactFields(
            name=self.name.data or "",
            name_local=self.name_local.data or "",
            email=self.email.data or "",
            country=self.country.data or "",
            languages=(*(c for c in had if c in chosen), *(c for c in chosen if c not in had)),
            title=typed(self.title, contact.title if contact else None),
            named={"yes": True, "no": False}.get(self.named.data or ""),
        )


class PartnerForm(Form):
    """An organisation that co-hosts."""

    name = StringField(N_("Name"), [Required()])
    name_local = StringField(N_("Name in another script"))
    country = SelectField(N_("Country"))
    city = StringField(N_("Town"), [Length(max=100)])
    themes = MultiCheckboxField(N_("Works with"))
    sensitive = BooleanField(
        N_("People there are at risk"),
        description=N_("Then nobody of theirs is listed and no address is published."),
    )

    def offer(self, partner: Partner | None, themes: list[tuple[str, str]]) -> None:
        """Fill the lists."""
        self.country.choices = countries(partner.country if partner else "")
        self.themes.choices = [*themes]
        prepare(self)

    def load(self, partner: Partner | None) -> None:
        """Show a partner."""
        if partner is None:
            return
        for name in ("name", "name_local", "country", "city", "themes", "sensitive"):
            self._fields[name].data = getattr(partner, name)
        show_texts(self.about, partner.about)

    def read(self, partner: Partner | None) -> PartnerFields:
        """Return what was typed; who never was said to be at risk stays so."""
        had = partner.themes if partner else []
        chosen = self.themes.data or []
        sensitive = self.sensitive.data or (None if partner is None or partner.sensitive is None else False)
        return PartnerFields(
            name=self.name.data or "",
            name_local=self.name_local.data or "",
            country=self.country.data or "",
            city=self.city.data or "",
            themes=(*(key for key in had if key in chosen), *(key for key in chosen if key not in had)),
            about=typed(self.about, partner.about if partner else None),
            sensitive=sensitive,
        )


class SegmentForm(Form):
    """An audience."""

    role = RadioField(N_("How reports count them"), choices=[*ROLES], default="direct")

    def load(self, segment: Segment | None) -> None:
        """Show a segment."""
        if segment is None:
            return
        show_texts(self.name, segment.name)
        show_texts(self.hint, segment.hint)
        self.role.data = segment.role

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape, and that there is a name."""
        is_right = super().validate(extra_validators)
        if any(self.name.data.values()):
            return is_right
        next(iter(self.name.form)).errors = [gettext("Give it a name in at least one language.")]
        return False

    def read(self, segment: Segment | None) -> SegmentFields:
        """Return what was typed."""
        return SegmentFields(
            name=typed(self.name, segment.name if segment else None),
            hint=typed(self.hint, segment.hint if segment else None),
            role=str(self.role.data),
        )


@lru_cache(maxsize=8)
def contact_form_class(languages: tuple[str, ...]) -> type[ContactForm]:
    """Return the form for these languages."""
    return type("ContactFormInLanguages", (ContactForm,), {"title": texts_field(languages, N_("What they are"))})


@lru_cache(maxsize=8)
def partner_form_class(languages: tuple[str, ...]) -> type[PartnerForm]:
    """Return the form for these languages."""
    about = texts_field(languages, N_("About them"), most=1000, is_long=True, rows=4)
    return type("PartnerFormInLanguages", (PartnerForm,), {"about": about})


@lru_cache(maxsize=8)
def segment_form_class(languages: tuple[str, ...]) -> type[SegmentForm]:
    """Return the form for these languages."""
    members = {
        "name": texts_field(languages, N_("Name")),
        "hint": texts_field(languages, N_("How people know that it is them"), most=300),
    }
    return type("SegmentFormInLanguages", (SegmentForm,), members)
