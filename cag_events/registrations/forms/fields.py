"""The fields of a registration: each made for one event, with its purpose and the day on which it is deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from wtforms import Field

from cag_events.domain.errors import N_
from cag_events.domain.event import EventView, Named, OccurrenceRecord
from cag_events.domain.registering import capacities
from cag_events.domain.retention import kept_until
from cag_events.domain.seating import Proof
from cag_events.domain.seats import is_held
from cag_events.domain.texts import pick
from cag_events.events.wording import MODE_WORDS
from cag_events.registrations.forms.questions import own_question_fields
from cag_events.web import dates
from cag_events.web.forms import (
    BooleanField,
    Email,
    EmailField,
    Length,
    MultiCheckboxField,
    Optional,
    RadioField,
    Required,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    WholeNumberField,
)
from cag_events.web.language import current_language, languages

ANSWERS = ("organisation", "id_name", "language", "how_heard", "needs", "diet", "motivation", "wish")
MOST_MOTIVATION = 1_000  # characters
WISHES = 3
SPOKEN = ("sv", "en", "ru", "ky", "kk", "uz", "tg")
HEARD = {
    "mail": N_("By mail from us"),
    "social": N_("In social media"),
    "friend": N_("From somebody I know"),
    "school": N_("At my school or university"),
    "partner": N_("From an organisation"),
    "poster": N_("On a poster or in a newspaper"),
    "other": N_("In another way"),
}


class InOrderField(SelectMultipleField):
    """Several choices in order of preference; templates print a select for each wish, all of one name."""

    most = WISHES

    def pre_validate(self, form: Any) -> None:
        """Drop what is empty or named twice, then check the rest."""
        self.data = list(dict.fromkeys(choice for choice in self.data or [] if choice))[:WISHES]
        super().pre_validate(form)


@dataclass(frozen=True, slots=True)
class Asked:
    """What one form asks for: the event as its visitor sees it, the segments, and whether it is one's own page."""

    view: EventView
    segments: Sequence[Named]
    is_own: bool = False
    is_desk: bool = False
    party_most: int = 0  # people that this party may be, where that is more than the event says


def fields_of(asked: Asked) -> dict[str, Field]:
    """Return the fields that an event's form has, in order."""
    view, seats = asked.view, asked.view.registration
    fields: dict[str, Any] = {}
    modes = capacities(view.mode, seats.capacity, seats.online_capacity)
    if len(modes) > 1:
        fields["mode"] = RadioField(
            N_("How do you want to take part?"),
            [Optional()],
            choices=[(mode.value, MODE_WORDS[mode]) for mode in modes],
            default=next(iter(modes)).value,
        )
    if seats.per_occurrence and len(view.living) > 1:
        fields["occurrence"] = MultiCheckboxField(
            N_("Which dates?"),
            [Required(N_("Choose at least one date."))],
            choices=[(str(one.id), _occurrence_text(one)) for one in view.living],
        )
    fields["name"] = StringField(
        N_("Name"),
        [Required(N_("Enter a name. It may be a pseudonym.")), Length(max=120)],
        description="" if "id_name" in seats.ask else N_("A pseudonym is fine."),
        render_kw={"autocomplete": "name"},
    )
    if not asked.is_own:
        fields["email"] = _email_field(asked)
    if "id_name" in seats.ask:
        fields["id_name"] = StringField(
            N_("Name as on your identity document"),
            [
                *([] if asked.is_desk else [Required(N_("Enter your name as it stands on your document."))]),
                Length(max=120),
            ],
            description=_visitor_list_hint(view),
            render_kw={"autocomplete": "off"},
        )
    most = max(seats.party_max, asked.party_most)
    if most > 1:
        fields["party"] = WholeNumberField(
            N_("How many are you?"), least=1, most=most, default=1, description=_party_hint(most)
        )
    return fields | _question_fields(asked)


def _visitor_list_hint(view: EventView) -> str:
    kept = kept_until(view)
    words = _("The venue lets in only those on its visitor list. It sees nothing else of what you write.")
    return f"{words} {_deleted_on(kept.visitor_list if kept else None)}".strip()


def _deleted_on(day: date | None) -> str:
    return _("We delete it on %(date)s.", date=dates.day_text(day, weekday=False)) if day else ""


def _email_field(asked: Asked) -> Field:
    is_optional = asked.is_desk or "alias" in asked.view.registration.ask
    return EmailField(
        N_("E-mail"),
        [Optional() if is_optional else Required(N_("Enter an e-mail address.")), Email()],
        description=N_("You may leave this empty. The next page is then your ticket.")
        if is_optional and not asked.is_desk
        else N_("Your confirmation and a link to change or cancel come here."),
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )


def _party_hint(most: int) -> str:
    return str(_("You and those you bring, %(num)s at most.", num=most))


def _question_fields(asked: Asked) -> dict[str, Any]:
    """The questions that the event asks, each with its purpose; `registration.ask` names them."""
    view = asked.view
    ask = set(view.registration.ask) | ({"segment"} if asked.is_desk or asks_for_segment(view) else set())
    makers: dict[str, tuple[str, Any]] = {
        "segment": ("segment", lambda: _segment_field(asked)),
        "first_time": ("first_time", _first_time_field),
        "org": ("organisation", _organisation_field),
        "motivation": ("motivation", lambda: _motivation_field(asked)),
        "language": ("language", _language_field),
        "role_wish": ("wish", lambda: _wish_field(view)),
        "needs": ("needs", lambda: _sensitive_field(NEEDS, view)),
        "diet": ("diet", lambda: _sensitive_field(DIET, view)),
        "how_heard": ("how_heard", _how_heard_field),
        "photo": ("consent_photo", _photo_field),
    }
    fields = {name: make() for key, (name, make) in makers.items() if key in ask}
    if not asked.is_desk and not asked.is_own and any(pool.proof is Proof.CODE for pool in view.registration.pools):
        fields["pool_code"] = _pool_code_field()
    fields |= own_question_fields(view, asked.segments, is_desk=asked.is_desk)
    if asked.is_desk:
        fields["page_language"] = SelectField(
            N_("Language of the mails"), choices=[(code, dates.language_name(code)) for code in languages()]
        )
        fields.pop("consent_photo", None)
    else:
        fields["consent_contact"] = BooleanField(N_("Tell me by mail about events like this one."))
    return {name: field for name, field in fields.items() if field is not None}


def asks_for_segment(view: EventView) -> bool:
    """Tell whether a form asks who somebody comes as: where the event does, or has something for some alone."""
    seats = view.registration
    is_for_some = any(phase.segment for phase in seats.phases) or any(question.segments for question in seats.questions)
    return "segment" in seats.ask or bool(seats.pools) or is_for_some


def asks_for_code(view: EventView, at: datetime) -> bool:
    """Tell whether seats are held for those who have a code."""
    return any(pool.proof is Proof.CODE and is_held(pool, view.starts_at, at) for pool in view.registration.pools)


@dataclass(frozen=True, slots=True)
class _Sensitive:
    label: str
    purpose: str


NEEDS = _Sensitive(
    N_("Do you need anything to take part?"),
    N_("For example a hearing loop, an interpreter or a place for a wheelchair. Only those who arrange it see it."),
)
DIET = _Sensitive(
    N_("Special diet or allergies"),
    N_("The kitchen gets numbers, never names."),
)


def _sensitive_field(what: _Sensitive, view: EventView) -> Field:
    kept = kept_until(view)
    deleted = _deleted_on(kept.sensitive if kept else None)
    return TextAreaField(
        what.label,
        [Optional(), Length(max=1000)],
        description=f"{_(what.purpose)} {deleted}".strip(),
        render_kw={"rows": 2, "autocomplete": "off"},
    )


def _motivation_field(asked: Asked) -> Field:
    kept = kept_until(asked.view)
    purpose = _("A few lines are enough. Only those who choose read it.")
    needed = Optional() if asked.is_desk else Required(N_("Write a few lines about why you want to come."))
    return TextAreaField(
        N_("Why do you want to come?"),
        [needed, Length(max=MOST_MOTIVATION)],
        description=f"{purpose} {_deleted_on(kept.sensitive if kept else None)}".strip(),
        render_kw={"rows": 4, "autocomplete": "off"},
    )


def _pool_code_field() -> Field:
    return StringField(
        N_("Code for a held seat"),
        [Optional(), Length(max=100)],
        description=N_("Seats are held for those who got a code. Without one, leave this empty."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


def _segment_hint(view: EventView) -> str:
    """Why it is asked: for a held seat, to come before others, or to see whom the event reaches."""
    seats = view.registration
    if seats.pools or any(phase.segment for phase in seats.phases):
        return N_("Seats or days are kept for some, as it says above. It also helps us to see whom we reach.")
    return N_("Helps us to see whom we reach.")


def _segment_field(asked: Asked) -> Field:
    lang = current_language()
    return SelectField(
        N_("I come as"),
        [Optional()],
        choices=[
            ("", N_("I would rather not say")),
            *((segment.key, pick(segment.name, lang).text) for segment in asked.segments),
        ],
        description=_segment_hint(asked.view),
    )


def _first_time_field() -> Field:
    return RadioField(
        N_("Is it your first time with us?"),
        [Optional()],
        choices=[("yes", N_("Yes")), ("no", N_("No"))],
    )


def _organisation_field() -> Field:
    return StringField(
        N_("Organisation or school"),
        [Optional(), Length(max=200)],
        render_kw={"autocomplete": "organization"},
    )


def _language_field() -> Field:
    return SelectField(
        N_("Which language do you follow best?"),
        [Optional()],
        choices=[("", N_("I would rather not say")), *((code, dates.language_name(code)) for code in SPOKEN)],
        description=N_("So that we know which interpreting is needed."),
    )


def _how_heard_field() -> Field:
    return SelectField(
        N_("How did you hear of this?"), [Optional()], choices=[("", N_("I would rather not say")), *HEARD.items()]
    )


def _photo_field() -> Field:
    return BooleanField(
        N_("You may publish photographs that I am in."),
        description=N_("You may change your mind at any time."),
    )


def _wish_field(view: EventView) -> Field | None:
    """Roles that one may wish for; none where the viewer may not see them."""
    roles = (view.details.get("roleplay") or {}).get("roles") or []
    lang = current_language()
    choices = [(role["key"], pick(role.get("name"), lang).text or role["key"]) for role in roles]
    if not choices:
        return None
    return InOrderField(
        N_("Which role would you like?"),
        [Optional()],
        choices=choices,
        description=N_("Up to three, the dearest first. We try, but we cannot promise."),
    )


def _occurrence_text(one: OccurrenceRecord) -> str:
    title = pick(one.title, current_language()).text
    when_text = dates.span_text(one.starts_wall, one.ends_wall, year=False)
    return f"{title} · {when_text}" if title else when_text
