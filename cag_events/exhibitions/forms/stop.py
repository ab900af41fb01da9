"""Forms about a stop of a tour."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from cag_events.db import db
from cag_events.domain.errors import N_
from cag_events.domain.texts import pick
from cag_events.events.models import Event, Venue
from cag_events.exhibitions.models import TourStop, TransportLeg
from cag_events.exhibitions.queries.tours import Tour
from cag_events.exhibitions.services.crates import MOMENTS
from cag_events.exhibitions.services.tours import LegFields, StopFields
from cag_events.exhibitions.wording import COST_WORDS
from cag_events.kinds import KINDS
from cag_events.web.forms import (
    BooleanField,
    DateField,
    Form,
    Length,
    RadioField,
    Required,
    SelectField,
    StringField,
    TextAreaField,
    WholeNumberField,
)
from cag_events.web.language import current_language


def _choices(pairs: list[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(*pair) for pair in pairs]


COSTS = [("", N_("not said")), *COST_WORDS.items()]
STORE = ""


class StopForm(Form):
    """A stop with the ways to and from it."""

    venue = SelectField(N_("Venue"), [Required(N_("Choose a venue from the list."))])
    event = SelectField(N_("Exhibition in the programme"))
    install_from = DateField(N_("Installation from"), [Required()])
    opens_on = DateField(N_("First day for the public"), [Required()])
    closes_on = DateField(N_("Last day for the public"), [Required()])
    until = DateField(N_("Taken down by"), [Required()])
    crew = StringField(N_("Who installs"), [Length(max=300)])
    host_contact = StringField(N_("Contact at the host, a function"), [Length(max=300)])
    leg_from = SelectField(N_("The crates come from"))
    leg_carrier = StringField(N_("Carrier"), [Length(max=200)])
    leg_cost = SelectField(N_("Cost"), choices=COSTS)
    leg_days = WholeNumberField(N_("Days on the way"), most=365)
    leg_note = StringField(N_("About the way"), [Length(max=300)])
    has_home = BooleanField(N_("Afterwards the crates go to the store"))
    home_carrier = StringField(N_("Carrier home"), [Length(max=200)])
    home_cost = SelectField(N_("Cost of the way home"), choices=COSTS)
    home_days = WholeNumberField(N_("Days on the way home"), most=365)
    home_note = StringField(N_("About the way home"), [Length(max=300)])
    fee_weeks = WholeNumberField(N_("Weeks that are paid for"), most=520)
    host_percent = WholeNumberField(N_("Of the fee the host pays, per cent"), most=100)
    fee_note = StringField(N_("About the fee"), [Length(max=300)])
    evaluation = TextAreaField(N_("What the host said afterwards"), [Length(max=4000)], render_kw={"rows": 4})
    reason = StringField(N_("Reason, where the crates cannot be there in time"), [Length(max=300)])

    def offer(self, tour: Tour, stop: TourStop | None) -> None:
        """Fill the lists."""
        lang = current_language()
        venues = db.session.scalars(select(Venue).where(~Venue.virtual).order_by(Venue.city, Venue.id))
        named = [(row.key, f"{row.city}, {pick(row.name, lang).text}".strip(", ")) for row in venues]
        self.venue.choices = _choices([("", _("– not chosen –")), *named])
        runs = [slug for slug, kind in KINDS.items() if kind.has_run]
        taken = select(TourStop.event_id).where(TourStop.event_id.is_not(None), TourStop.id != (stop.id if stop else 0))
        events = db.session.execute(
            select(Event.key, Event.title, Event.run_from)
            .where(Event.kind.in_(runs), Event.id.not_in(taken))
            .order_by(Event.run_from.desc(), Event.id)
        )
        known = [(row.key, f"{pick(row.title, lang).text} ({row.run_from or '–'})") for row in events]
        self.event.choices = _choices([("", _("– none –")), *known])
        others = [other for other in tour.stops if stop is None or other.id != stop.id]
        self.leg_from.choices = _choices(
            [(STORE, _("the store")), *((other.key, tour.venues[other.venue_id].city or other.key) for other in others)]
        )

    def load(self, tour: Tour, stop: TourStop | None) -> None:
        """Show a stop; a new one begins where the tour ends."""
        if stop is None:
            self.leg_from.data = tour.stops[-1].key if tour.stops else STORE
            self.leg_days.data = tour.production.usual_days
            return
        for name in (
            *("install_from", "opens_on", "closes_on", "until", "crew", "host_contact"),
            *("fee_weeks", "host_percent", "fee_note", "evaluation"),
        ):
            self._fields[name].data = getattr(stop, name)
        self.venue.data = tour.venues[stop.venue_id].key
        self.event.data = tour.events[stop.event_id].key if stop.event_id and stop.event_id in tour.events else ""
        home = next((leg for leg in tour.legs_from(stop) if leg.to_stop_id is None), None)
        if leg := tour.leg_to(stop):
            came = next((other.key for other in tour.stops if other.id == leg.from_stop_id), STORE)
            self.leg_from.data = came
            self._show("leg", leg)
        self.has_home.data = home is not None
        if home:
            self._show("home", home)

    def _show(self, name: str, leg: TransportLeg) -> None:
        self._fields[f"{name}_carrier"].data = leg.carrier
        self._fields[f"{name}_cost"].data = leg.cost_bearer
        self._fields[f"{name}_days"].data = leg.days
        self._fields[f"{name}_note"].data = leg.note

    def read(self, usual_days: int) -> StopFields:
        """Return what was typed."""
        leg = self._leg("leg", usual_days, self.leg_from.data or None)
        return StopFields(
            venue=self.venue.data,
            event=self.event.data or None,
            install_from=self._day("install_from"),
            opens_on=self._day("opens_on"),
            closes_on=self._day("closes_on"),
            until=self._day("until"),
            crew=self.crew.data or "",
            host_contact=self.host_contact.data or "",
            fee_weeks=self.fee_weeks.data,
            host_percent=self.host_percent.data,
            fee_note=self.fee_note.data or "",
            evaluation=self.evaluation.data or "",
            leg=leg,
            home=self._leg("home", usual_days, None) if self.has_home.data else None,
        )

    def _day(self, name: str) -> Any:
        return self._fields[name].data

    def _leg(self, name: str, usual_days: int, from_stop: str | None) -> LegFields:
        days = self._fields[f"{name}_days"].data
        return LegFields(
            from_stop=from_stop,
            carrier=self._fields[f"{name}_carrier"].data or "",
            cost_bearer=self._fields[f"{name}_cost"].data or "",
            days=usual_days if days is None else days,
            note=self._fields[f"{name}_note"].data or "",
        )


class StatusForm(Form):
    """A stop goes on."""

    reason = StringField(N_("Reason"), [Length(max=300)])


class MoveForm(Form):
    """A stop moves: when it opens instead, and what moves with it."""

    opens_on = DateField(N_("New first day for the public"), [Required()])
    step = RadioField(
        N_("Later stops move"),
        choices=[
            ("7", N_("in whole weeks, so that they keep their weekday")),
            ("1", N_("by as few days as are needed")),
        ],
        default="7",
    )
    with_events = BooleanField(N_("Move the exhibitions in the programme too"), default=True)
    reason = StringField(N_("Reason, where the crates cannot be there in time"), [Length(max=300)])


class NoteForm(Form):
    """A note of condition."""

    moment = SelectField(N_("When"), choices=list(MOMENTS.items()))
    number = SelectField(N_("What"))
    on_day = DateField(N_("Day"), [Required()])
    text = TextAreaField(N_("What you saw"), [Length(max=2000)], render_kw={"rows": 3})
