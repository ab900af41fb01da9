"""The mails before the start and after the end, in the editor: as usual for the kind, or a list of the event's own."""

from functools import lru_cache
from typing import Any

from flask_babel import gettext, ngettext
from wtforms import Form as Part

from cag_events.domain.errors import N_
from cag_events.domain.reminding import MOST_HOURS, MOST_HOURS_AFTER, Moment, Reminder
from cag_events.events.fields import EventFields
from cag_events.kinds import KINDS
from cag_events.web.choices import texts_field, typed
from cag_events.web.forms import BooleanField, SelectField, WholeNumberField

USUAL, OWN = "usual", "own"
HOW = ((USUAL, N_("As usual for this kind")), (OWN, N_("As listed here")))
UNITS = {"h": 1, "d": 24}
WORDS = {Moment.BEFORE: N_("%(span)s before the start"), Moment.AFTER: N_("%(span)s after the end")}


class _ReminderPart(Part):
    """A mail: so long before the start or after the end."""

    amount = WholeNumberField(N_("How long"), least=1, most=MOST_HOURS)
    unit = SelectField(N_("Unit"), choices=[("d", N_("days")), ("h", N_("hours"))])
    moment = SelectField(
        N_("When"),
        choices=[(Moment.BEFORE.value, N_("before the start")), (Moment.AFTER.value, N_("after the end"))],
    )
    survey = BooleanField(N_("Thank them and ask three questions (after the end only)"))


@lru_cache(maxsize=16)
def reminder_form(languages: tuple[str, ...]) -> type[Part]:
    """Return the row of one mail."""
    note = texts_field(languages, N_("Words of yours in it"), most=1000, is_long=True, rows=3)
    return type("ReminderForm", (_ReminderPart,), {"note": note})


def load_reminders(form: Any, fields: EventFields) -> None:
    """Show an event's mails; those of its kind stand there to begin a list of its own with."""
    form.reminders_how.data = USUAL if fields.reminders is None else OWN
    usual = KINDS[fields.kind].reminders if fields.kind in KINDS else ()
    for rule in usual if fields.reminders is None else fields.reminders:
        days, rest = divmod(rule.hours, 24)
        form.reminders.append_entry(
            {
                "amount": rule.hours if rest else days,
                "unit": "h" if rest else "d",
                "moment": rule.moment.value,
                "survey": rule.survey,
                "note": dict(rule.note),
            }
        )


def read_reminders(form: Any, had: EventFields) -> tuple[Reminder, ...] | None:
    """Return the mails that were typed; None for those of the kind. What the form does not show stays."""
    if form.reminders_how.data != OWN:
        return None if form.reminders_how.data == USUAL else had.reminders
    before = {(rule.moment, rule.hours): rule.note for rule in had.reminders or ()}
    found = {}
    for entry in form.reminders:
        row = entry.form
        if not row.amount.data:
            continue
        moment, hours = Moment(row.moment.data), row.amount.data * UNITS.get(row.unit.data, 1)
        found[moment, hours] = Reminder(
            moment=moment,
            hours=hours,
            note=typed(row.note, before.get((moment, hours))),
            survey=bool(row.survey.data) and moment is Moment.AFTER,
        )
    return tuple(found.values())


def check_reminders(form: Any) -> bool:
    """Tell whether each mail says when, and none is too far from the event."""
    is_right = True
    for entry in form.reminders if form.reminders_how.data == OWN else ():
        row = entry.form
        said = any((row.note.data or {}).values()) or row.survey.data
        if not row.amount.data and said and not row.amount.errors:
            row.amount.errors = [gettext("Say how long before or after.")]
            is_right = False
        most = MOST_HOURS if row.moment.data == Moment.BEFORE.value else MOST_HOURS_AFTER
        if row.amount.data and row.amount.data * UNITS.get(row.unit.data, 1) > most:
            row.amount.errors = [gettext("At most %(days)s days.", days=most // 24)]
            is_right = False
    return is_right


def reminder_text(rule: Reminder) -> str:
    """Return when a mail goes out, in words: 3 days before the start."""
    days, rest = divmod(rule.hours, 24)
    if rest or not days:
        span = ngettext("%(num)s hour", "%(num)s hours", rule.hours)
    else:
        span = ngettext("%(num)s day", "%(num)s days", days)
    return str(gettext(WORDS[rule.moment], span=span))
