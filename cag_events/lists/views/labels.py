"""Name badges and table signs, to print."""

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.event import EventView, Mode
from cag_events.domain.labels import Sheet, Split, last_first, on_sheets, split_name
from cag_events.domain.texts import pick
from cag_events.lists.forms import MOST_BLANK, MOST_CHOSEN, BadgesForm, SignsForm
from cag_events.lists.queries import Person, list_seated
from cag_events.lists.reasons import reasoned
from cag_events.lists.services import needs_reason
from cag_events.lists.views.blueprint import (
    around,
    bp,
    dates_of,
    for_team,
    form_page,
    in_order,
    occurrence_of,
    prefilled,
    sent,
    taken,
)
from cag_events.permissions import Permission
from cag_events.web.access import confirmed, needs
from cag_events.web.dates import sort_key
from cag_events.web.gate import whole_number
from cag_events.web.language import current_language

FRONT = "p:"


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on one badge or sign: the name in two lines, and a line below."""

    name: Split
    below: str = ""


@bp.get("/<lang>/organise/events/<key>/lists/badges")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def badges(key: str) -> ResponseReturnValue:
    """Choose how the badges are printed."""
    view = for_team(key)
    return form_page(BadgesForm(view, formdata=None, data=prefilled()), view, "lists/badges.html")


@bp.post("/<lang>/organise/events/<key>/lists/badges")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def take_badges(key: str) -> ResponseReturnValue:
    """Lead to the badges."""
    view = for_team(key)
    return sent(BadgesForm(view), view, "lists.print_badges", "lists/badges.html")


@bp.get("/<lang>/organise/events/<key>/lists/badges/print")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
@reasoned("lists.badges", for_team)
def print_badges(key: str) -> ResponseReturnValue:
    """Print the badges."""
    view, asked = for_team(key), request.args
    sheet = Sheet(asked["sheet"]) if asked.get("sheet") in set(Sheet) else Sheet.EIGHT
    occurrence = occurrence_of(view)
    found = list_seated(view.id, occurrence_id=occurrence.id if occurrence else None, mode=Mode.ONSITE)
    with_organisation = "organisation" in asked
    labels = [_badge(one, with_organisation=with_organisation) for one in in_order(found, asked.get("sort", ""))]
    if "front" in asked:
        labels += _front_labels(view, asked.get("sort", ""))
    blank = whole_number(asked.get("blank"), 0, most=MOST_BLANK)
    taken(view, "badges.printed", people=len(labels), **dates_of(occurrence))
    return render_template(
        "lists/print_badges.html",
        **around(view),
        sheets=on_sheets(
            [*labels, *[Label(Split(""))] * blank], sheet, skip=whole_number(asked.get("skip"), 0, most=9)
        ),
        sheet=sheet.value,
        has_lines="lines" in asked,
        event_name="" if needs_reason(view) else pick(view.title, current_language()).text,
        people=len(labels),
        back=(url_for(".badges", key=key), _("Name badges")),
    )


@bp.get("/<lang>/organise/events/<key>/lists/signs")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def signs(key: str) -> ResponseReturnValue:
    """Choose whose table signs are printed."""
    view = for_team(key)
    people = _choices(view)
    in_front = [value for value, _name in people if value.startswith(FRONT)]
    chosen = {"who": in_front, **prefilled()}
    return form_page(SignsForm(view, people, formdata=None, data=chosen), view, "lists/signs.html")


@bp.post("/<lang>/organise/events/<key>/lists/signs")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def take_signs(key: str) -> ResponseReturnValue:
    """Lead to the signs."""
    view = for_team(key)
    return sent(SignsForm(view, _choices(view)), view, "lists.print_signs", "lists/signs.html")


@bp.get("/<lang>/organise/events/<key>/lists/signs/print")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
@reasoned("lists.signs", for_team)
def print_signs(key: str) -> ResponseReturnValue:
    """Print the table signs."""
    view = for_team(key)
    chosen = set(request.args.getlist("who")[: MOST_CHOSEN + 50])
    occurrence = occurrence_of(view)
    lang = current_language()
    signs = [
        Label(split_name(one.name), pick(one.title, lang).text) for one in view.people if f"{FRONT}{one.key}" in chosen
    ]
    seated = list_seated(
        view.id,
        occurrence_id=occurrence.id if occurrence else None,
        codes={one.partition("-")[0] for one in chosen},
    )
    signs += [_badge(one, with_organisation=True) for one in in_order(seated, "first") if one.key in chosen]
    taken(view, "signs.printed", people=len(signs), **dates_of(occurrence))
    return render_template(
        "lists/print_signs.html", **around(view), signs=signs, back=(url_for(".signs", key=key), _("Table signs"))
    )


def _badge(one: Person, *, with_organisation: bool) -> Label:
    """A badge without a name, to write on, for whom nobody has told it."""
    return Label(
        split_name(one.name, is_whole=one.is_alias), one.organisation if with_organisation or not one.name else ""
    )


def _front_labels(view: EventView, sort: str) -> list[Label]:
    people = sorted(
        view.people, key=lambda one: tuple(map(sort_key, last_first(one.name) if sort == "last" else (one.name,)))
    )
    return [Label(split_name(one.name)) for one in people]


def _choices(view: EventView) -> list[tuple[str, str]]:
    """Whose signs can be printed: people in front first, then those with a seat on site who have a name."""
    front = [(f"{FRONT}{one.key}", one.name) for one in view.people]
    seated = in_order((one for one in list_seated(view.id, mode=Mode.ONSITE) if one.name), "first")
    return [*front, *((one.key, f"{one.name} ({one.code})") for one in seated[:MOST_CHOSEN])]
