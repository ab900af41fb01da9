"""The editors of themes, campaigns and the organisation's own words for kinds."""

from functools import lru_cache
from typing import Any

from flask_babel import gettext

from cag_events.domain.errors import N_
from cag_events.events.models import Campaign, KindWords, Theme
from cag_events.events.services.words import CampaignFields, ThemeFields
from cag_events.web.choices import show_texts, texts_field, typed
from cag_events.web.forms import (
    DateField,
    Form,
    MultiCheckboxField,
    RadioField,
    Required,
    SelectField,
    WholeNumberField,
    prepare,
)
from cag_events.web.templating import picked

TOKENS = (
    ("env", N_("Green leaf")),
    ("gen", N_("Purple disc")),
    ("you", N_("Orange triangle")),
    ("con", N_("Blue square")),
    ("", N_("Neutral")),
)


class ThemeForm(Form):
    """A theme or subtopic."""

    parent = SelectField(N_("Belongs to"))
    token = RadioField(N_("Colour and shape"), choices=[*TOKENS], default="")

    def offer(self, themes: list[tuple[str, dict[str, str]]]) -> None:
        """Fill the list of themes that a subtopic may belong to."""
        self.parent.choices = [
            ("", gettext("Nothing: it is a thematic area")),
            *((k, str(picked(n))) for k, n in themes),
        ]
        prepare(self)

    def load(self, theme: Theme | None, parent: str) -> None:
        """Show a theme."""
        self.parent.data = parent
        if theme is not None:
            for name in ("name", "summary"):
                show_texts(self._fields[name], getattr(theme, name))
            self.token.data = theme.token

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape, and that there is a name."""
        return _named(self, super().validate(extra_validators))

    def read(self, theme: Theme | None) -> ThemeFields:
        """Return what was typed."""
        return ThemeFields(
            name=typed(self.name, theme.name if theme else None),
            summary=typed(self.summary, theme.summary if theme else None),
            token=self.token.data or "",
            icon=theme.icon if theme else "",
            parent=self.parent.data or None,
        )


class CampaignForm(Form):
    """A campaign's basic fields."""

    themes = MultiCheckboxField(N_("Themes"))
    starts_on = DateField(N_("First day"), [Required()])
    ends_on = DateField(N_("Last day"), [Required()])
    report_due_on = DateField(N_("Report due on"))
    budget_sek = WholeNumberField(N_("Budget, SEK"), most=10**9)

    def offer(self, themes: list[tuple[str, dict[str, str]]]) -> None:
        """Fill the list of themes."""
        self.themes.choices = [(key, str(picked(name))) for key, name in themes]
        prepare(self)

    def load(self, campaign: Campaign | None) -> None:
        """Show a campaign."""
        if campaign is not None:
            for name in ("name", "tagline", "purpose"):
                show_texts(self._fields[name], getattr(campaign, name))
            for name in ("themes", "starts_on", "ends_on", "report_due_on", "budget_sek"):
                self._fields[name].data = getattr(campaign, name)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape, and that there is a name."""
        return _named(self, super().validate(extra_validators))

    def read(self, campaign: Campaign | None) -> CampaignFields:
        """Return what was typed."""
        assert self.starts_on.data is not None  # validated
        assert self.ends_on.data is not None
        return CampaignFields(
            name=typed(self.name, campaign.name if campaign else None),
            tagline=typed(self.tagline, campaign.tagline if campaign else None),
            purpose=typed(self.purpose, campaign.purpose if campaign else None),
            themes=tuple(self.themes.data or ()),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            report_due_on=self.report_due_on.data,
            budget_sek=self.budget_sek.data,
        )


class KindWordsForm(Form):
    """What the organisation calls a kind, and how long one usually is."""

    default_minutes = WholeNumberField(
        N_("Usual length in minutes"), most=10_080, description=N_("Used where no end is given.")
    )

    def load(self, row: KindWords | None) -> None:
        """Show the words."""
        if row is not None:
            for name in ("name", "plural"):
                show_texts(self._fields[name], getattr(row, name))
            self.default_minutes.data = row.default_minutes or None


def _named(form: Any, is_right: bool) -> bool:
    if any(form.name.data.values()):
        return is_right
    next(iter(form.name.form)).errors = [gettext("Give it a name in at least one language.")]
    return False


@lru_cache(maxsize=8)
def theme_form_class(languages: tuple[str, ...]) -> type[ThemeForm]:
    """Return the form for these languages."""
    members = {
        "name": texts_field(languages, N_("Name")),
        "summary": texts_field(languages, N_("Summary"), most=600, is_long=True, rows=3),
    }
    return type("ThemeFormInLanguages", (ThemeForm,), members)


@lru_cache(maxsize=8)
def campaign_form_class(languages: tuple[str, ...]) -> type[CampaignForm]:
    """Return the form for these languages."""
    members = {
        "name": texts_field(languages, N_("Name")),
        "tagline": texts_field(languages, N_("In one sentence"), most=300),
        "purpose": texts_field(languages, N_("Purpose"), most=4000, is_long=True, rows=5),
    }
    return type("CampaignFormInLanguages", (CampaignForm,), members)


@lru_cache(maxsize=8)
def kind_words_form_class(languages: tuple[str, ...]) -> type[KindWordsForm]:
    """Return the form for these languages."""
    members = {
        "name": texts_field(languages, N_("One is called")),
        "plural": texts_field(languages, N_("Several are called")),
    }
    return type("KindWordsFormInLanguages", (KindWordsForm,), members)
