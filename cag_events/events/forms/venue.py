"""The editor of a venue."""

from datetime import date
from functools import lru_cache
from typing import Any

from flask_babel import gettext
from wtforms import Form as Part

from cag_events.domain.errors import N_
from cag_events.domain.when import HOME
from cag_events.events.models import Room, Venue
from cag_events.events.services.venues import RoomFields, VenueFields
from cag_events.web.choices import countries, show_texts, texts_field, typed, zones
from cag_events.web.forms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    Length,
    RadioField,
    SelectField,
    StringField,
    WholeNumberField,
    gather_row_errors,
    prepare,
)

ACCESS = (
    ("step_free", N_("Step-free from the street to the room")),
    ("lift", N_("Lift")),
    ("accessible_wc", N_("Accessible toilet")),
    ("hearing_loop", N_("Hearing loop")),
    ("quiet_room", N_("Quiet room")),
)
ONLINE_ACCESS = (
    ("captions", N_("Live captions")),
    ("keyboard", N_("Works by keyboard alone")),
    ("phone_in", N_("One can phone in")),
)
ANSWERS = (("yes", N_("Yes")), ("no", N_("No")), ("", N_("Not known")))


class RoomForm(Part):
    """A room."""

    id = HiddenField()
    name = StringField(N_("Room"))
    capacity = WholeNumberField(N_("Holds, people"), most=100_000)


class VenueForm(Form):
    """Where events are, and how one gets in."""

    name_local = StringField(N_("Name in the local language"))
    street = StringField(N_("Street and number"), render_kw={"autocomplete": "off"})
    postcode = StringField(N_("Postcode"), [Length(max=20)], render_kw={"autocomplete": "off"})
    city = StringField(N_("Town"), [Length(max=100)], render_kw={"autocomplete": "off"})
    country = SelectField(N_("Country"))
    tz = SelectField(N_("Time zone"))
    lat = StringField(N_("Latitude"), render_kw={"inputmode": "decimal"})
    lon = StringField(N_("Longitude"), render_kw={"inputmode": "decimal"})
    accuracy_m = WholeNumberField(N_("Exact to, metres"), most=100_000)
    visitor_list_hours = WholeNumberField(
        N_("Needs a list of visitors, hours before"), most=720, description=N_("Empty: no list.")
    )
    checked = DateField(N_("Access checked on"))
    rooms = FieldList(FormField(RoomForm), N_("Rooms"))
    tells = BooleanField(N_("Tell those who are registered"), default=True)

    def offer(self, venue: Venue | None) -> None:
        """Fill the lists."""
        self.country.choices = countries(venue.country if venue else "")
        if self.is_submitted() and self.country.data is None:
            self.country.data = venue.country if venue else ""  # the page of the online venue does not ask
        self.tz.choices = zones(venue.tz if venue else "")
        prepare(self)

    def load(self, venue: Venue | None, rooms: list[Room]) -> None:
        """Show a venue."""
        if venue is None:
            self.tz.data, self.country.data = HOME, "SE"
        else:
            for name in ("name_local", "street", "postcode", "city", "country", "tz", "accuracy_m"):
                self._fields[name].data = getattr(venue, name)
            self.visitor_list_hours.data = venue.visitor_list_hours
            for name in ("name", "travel", "city_names"):
                show_texts(self._fields[name], getattr(venue, name))
            self.lat.data = "" if venue.lat is None else str(venue.lat)
            self.lon.data = "" if venue.lon is None else str(venue.lon)
            for name, _label in (*ACCESS, *ONLINE_ACCESS):
                self._fields[f"access_{name}"].data = _answer(venue.access.get(name))
            checked = venue.access.get("checked")
            self.checked.data = date.fromisoformat(str(checked)) if checked else None
        for room in rooms:
            self.rooms.append_entry({"id": str(room.id), "name": room.name, "capacity": room.capacity})

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape, the point on the map and the rooms."""
        is_right = super().validate(extra_validators)
        if not any(self.name.data.values()):
            next(iter(self.name.form)).errors = [gettext("Give the venue a name in at least one language.")]
            is_right = False
        for field, most in ((self.lat, 90), (self.lon, 180)):
            number = _number(field.data)
            if field.data and (number is None or abs(number) > most):
                field.errors = [gettext("Enter degrees as a number, for example 59.3385.")]
                is_right = False
        for entry in self.rooms:
            if entry.form.name.data and entry.form.capacity.data is None and not entry.form.capacity.errors:
                entry.form.capacity.errors = [gettext("Say how many people the room holds.")]
                is_right = False
        gather_row_errors(self)
        return is_right

    def read(self, venue: Venue | None) -> VenueFields:
        """Return what was typed; facts about access that are not known are left out."""
        access = {
            name: {"yes": True, "no": False}[answer]
            for name, _label in (*ACCESS, *ONLINE_ACCESS)
            if (answer := self._fields[f"access_{name}"].data) in ("yes", "no")
        }
        others = {
            name: value
            for name, value in (venue.access if venue else {}).items()
            if name not in dict((*ACCESS, *ONLINE_ACCESS)) and name != "checked"
        }
        checked = {"checked": self.checked.data.isoformat()} if self.checked.data else {}
        return VenueFields(
            name=typed(self.name, venue.name if venue else None),
            name_local=self.name_local.data or "",
            street=self.street.data or "",
            postcode=self.postcode.data or "",
            city=self.city.data or "",
            city_names=typed(self.city_names, venue.city_names if venue else None),
            country=self.country.data or "",
            tz=self.tz.data,
            lat=_number(self.lat.data),
            lon=_number(self.lon.data),
            accuracy_m=self.accuracy_m.data,
            access={**access, **others, **checked},
            travel=typed(self.travel, venue.travel if venue else None),
            visitor_list_hours=self.visitor_list_hours.data,
            rooms=tuple(
                RoomFields(
                    id=int(str(entry.form.id.data)) if str(entry.form.id.data or "").isdigit() else None,
                    name=entry.form.name.data,
                    capacity=entry.form.capacity.data or 0,
                )
                for entry in self.rooms
                if entry.form.name.data
            ),
        )


def _answer(known: Any) -> str:
    return "" if known is None else "yes" if known else "no"


def _number(text: str | None) -> float | None:
    try:
        return float(str(text).replace(",", ".")) if text else None
    except ValueError:
        return None


@lru_cache(maxsize=8)
def venue_form_class(languages: tuple[str, ...]) -> type[VenueForm]:
    """Return the form for the languages of the site."""
    members: dict[str, Any] = {
        "name": texts_field(languages, N_("Name")),
        "city_names": texts_field(languages, N_("Town in this language, where it differs"), most=100),
        "travel": texts_field(languages, N_("How to get there"), most=1000, is_long=True, rows=3),
    }
    for name, label in (*ACCESS, *ONLINE_ACCESS):
        members[f"access_{name}"] = RadioField(label, choices=list(ANSWERS), default="")
    return type("VenueFormInLanguages", (VenueForm,), members)
