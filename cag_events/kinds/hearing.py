"""Hearing: a question put to decision-makers with an agenda to the minute, hosted by one of them; or a round table."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cag_events.domain.errors import N_, Refused
from cag_events.domain.texts import Texts
from cag_events.kinds._fields import BooleanField, FormField, RowForm, TextsField
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Draft, Kind
from cag_events.kinds._rules import agenda_fits, takes_registrations
from cag_events.kinds._shape import Prose


@dataclass(frozen=True, kw_only=True)
class Session:
    """Who hosts it and what becomes of what is said."""

    host_role: Texts = field(default_factory=dict)
    question: Prose = field(default_factory=dict)  # what is asked of the decision-makers
    id_required: bool = False
    minutes_public: bool = False


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """What a hearing has beside the common fields."""

    hearing: Session = field(default_factory=Session)


class SessionForm(RowForm):
    """Who hosts it and what becomes of it."""

    host_role = TextsField(N_("Who hosts it"))
    question = TextsField(N_("The question"), prose=True)
    id_required = BooleanField(N_("Visitors show an identity document"))
    minutes_public = BooleanField(N_("The minutes are published"))


class HearingForm(KindForm):
    """The hearing's part of the editor."""

    shape = Hearing
    hearing = FormField(SessionForm)


def has_host(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """A decision-maker hosts it."""
    if not draft.details.hearing.host_role:
        yield Refused("hearing.host", N_("Say who hosts the hearing."), field="kind-hearing-host_role-sv")


def has_agenda(draft: Draft, now: datetime) -> Iterator[Refused]:
    """A hearing runs to the minute: it has an agenda, and that fits."""
    if not draft.record.agenda:
        yield Refused("hearing.agenda", N_("Give the agenda, with minutes."), field="agenda")
    yield from agenda_fits(draft, now)


def can_be_let_in(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """A guarded house wants names as on the identity document, some days ahead."""
    record = draft.record
    if not takes_registrations(record):
        return
    hours = record.venue.visitor_list_hours if record.venue else None
    if (draft.details.hearing.id_required or hours) and "id_name" not in record.registration.ask:
        yield Refused(
            "hearing.id_name", N_("Ask for the name as on the identity document: the house checks it."), field="ask"
        )
    closes, starts = record.registration.closes_at, record.starts_at
    if hours and closes and starts and closes > starts - timedelta(hours=hours):
        yield Refused(
            "hearing.closes_late",
            N_("Close registration at least %(hours)s hours before the start: the venue needs its visitor list then."),
            field="closes_hours",
            hours=hours,
        )


def has_minutes_policy(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """The question is what people come for."""
    if not draft.details.hearing.question:
        yield Refused("hearing.question", N_("Write the question that is put."), field="kind-hearing-question-sv")


KIND = Kind(
    slug="hearing",
    label=N_("Hearing"),
    plural=N_("Hearings"),
    details=Hearing,
    form=HearingForm,
    sample=Hearing(
        hearing=Session(
            host_role={"sv": "Ledamot i utskottet", "en": "Member of the committee"},
            question={"sv": "Vad kan riksdagen göra?", "en": "What can parliament do?"},
            id_required=True,
            minutes_public=True,
        )
    ),
    publish_rules=(has_host, has_agenda, can_be_let_in),
    advice=(has_minutes_policy,),
    checklist=((-50, N_("Invite committees and ministries")), (3, N_("Publish summary and recommendations"))),
    reminders=(timedelta(days=3), timedelta(days=1)),
    default_minutes=120,
    has_agenda=True,
    default_registration={"mode": "approval", "waitlist": True, "ask": ["segment", "org", "needs"]},
    schema_type="Event",
    icon="kind-hearing",
)
