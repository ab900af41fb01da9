"""The editor of a production, and that of a venue's hours: rows that work without scripts."""

from typing import Any, ClassVar

from flask import request

from cag_events.domain.errors import N_
from cag_events.exhibitions.shapes import ProductionFields
from cag_events.kinds import KindForm
from cag_events.kinds._fields import (
    SPOKEN,
    FormField,
    LineField,
    LinkField,
    MultiCheckboxField,
    NoteField,
    NumberField,
    RowForm,
    RowsField,
    TextsField,
)
from cag_events.kinds._opening import ClosedForm, OpeningForm, SpecialForm, Week, faults_of_week
from cag_events.web.forms import Form, finish, prepare


class WorkForm(RowForm):
    """A work."""

    needed = ("maker",)
    maker = LineField(N_("Made by"))
    title = TextsField(N_("Title"))
    credit = LineField(N_("Credit line"))
    label_languages = MultiCheckboxField(N_("Languages of the label"), words=SPOKEN[:7])
    insurance_value = NumberField(N_("Insurance value"), most=100_000_000)
    sensitivity = NoteField(N_("What to be careful with"), most=1000)


class CrateForm(RowForm):
    """A crate."""

    needed = ("number",)
    number = LineField(N_("Number"), most=20)
    content = LineField(N_("Content"))
    weight_kg = NumberField(N_("Weight, kg"), most=10_000)
    size_cm = LineField(N_("Size, cm"), most=40)


class DrawingForm(RowForm):
    """A drawing."""

    needed = ("title", "url")
    title = LineField(N_("What it shows"))
    url = LinkField(N_("Address"))


class NeedsForm(RowForm):
    """What it needs of the room."""

    wall_m = NumberField(N_("Wall, metres"), most=10_000)
    floor_m2 = NumberField(N_("Floor, m²"), most=100_000)
    floor_load = NumberField(N_("Floor must carry, kg/m²"), most=100_000)
    power = LineField(N_("Power"))
    climate = LineField(N_("Climate and light"))


class ProductionPart(KindForm):
    """A production."""

    shape: ClassVar[type] = ProductionFields
    title = TextsField(N_("Title"))
    about = TextsField(N_("In short"), prose=True)
    needs = FormField(NeedsForm)
    works = RowsField(WorkForm, N_("Works"), blank=1, most=500)
    crates = RowsField(CrateForm, N_("Crates"), blank=2, most=200)
    drawings = RowsField(DrawingForm, N_("Drawings and manuals"), blank=1, most=50)
    mounting = TextsField(N_("Mounting"), prose=True)
    host_does = TextsField(N_("What the host does"), prose=True)
    currency = LineField(N_("Currency"), most=3)
    fee_per_week = NumberField(N_("Fee for a week"), most=10_000_000)
    fee_note = TextsField(N_("Terms"))
    emergency_contact = LineField(N_("Emergency contact"))
    storage = LineField(N_("Store"))
    usual_days = NumberField(N_("Usual days of transport"), most=365)
    texts_days = NumberField(N_("Texts due, days before the opening"), most=365)
    agreed_weeks = NumberField(N_("Agreed, weeks before the installation"), most=104)


class WeekPart(KindForm):
    """The hours of a venue."""

    shape: ClassVar[type] = Week
    find_faults = staticmethod(faults_of_week)
    opening = RowsField(OpeningForm, N_("Opening hours"), blank=2, most=20)
    special = RowsField(SpecialForm, N_("Days with other hours"), blank=2)
    closed = RowsField(ClosedForm, N_("Closed days"), blank=2)


class PartForm(Form):
    """A form whose only part is one of these; it brings the token."""

    part: KindForm

    @classmethod
    def of(cls, part: type[KindForm], content: Any) -> "PartForm":
        """Return the form with what was sent, else with what is there."""
        form = cls()
        form.part = part(request.form if form.is_submitted() else None, prefix="p-")
        if not form.is_submitted():
            form.part.load(content)
        prepare(form.part)
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether the shape of all that was typed is right."""
        is_right = super().validate(extra_validators)
        return finish(self.part, self.part.validate()) and is_right
