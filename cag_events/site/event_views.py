"""The event page, with its registration form, and the receipt."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.disclosure import STRANGER, disclose, may_know
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventRecord, EventView, RegistrationMode, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.domain.registering import running_phases
from cag_events.domain.seats import SeatState
from cag_events.events import reading
from cag_events.events.cards import Card
from cag_events.events.extensions import blocks_of_page
from cag_events.events.queries import find_new_key
from cag_events.kinds import read_details
from cag_events.permissions import ANONYMOUS, Actor
from cag_events.registrations import intake
from cag_events.registrations.forms import RegisterForm, obstacle_of, register_form, tell_seats
from cag_events.registrations.queries import seat_states, seat_words
from cag_events.registrations.standing import phase_words
from cag_events.site import listing, queries
from cag_events.site.blueprint import bp
from cag_events.site.event_page import page_of
from cag_events.site.seats import tell, with_seats
from cag_events.site.share import share
from cag_events.site.structured import describe
from cag_events.web import kept
from cag_events.web.access import public
from cag_events.web.actor import actor
from cag_events.web.dates import language_name
from cag_events.web.forms import own_values
from cag_events.web.language import current_language
from cag_events.web.organisation import site
from cag_events.web.templating import absolute

RELATED = 3
OUTCOMES = ("seat", "queue", "approval", "mail")


@dataclass(frozen=True)
class _Beside:
    """Other events that the page shows, as a stranger sees them."""

    parts: list[tuple[EventView, Card]] = field(default_factory=list)
    related: list[tuple[EventView, Card]] = field(default_factory=list)


@bp.get("/<lang>/events/<key>")
@public
def event(key: str) -> ResponseReturnValue:
    """Read about an event, and register."""
    record = reading.find_record(key)
    if record is None:
        return _moved(key)
    return _event_page(record, _who_asks(record))


@bp.post("/<lang>/events/<key>")
@public
def register(key: str) -> ResponseReturnValue:
    """Ask for seats."""
    record = reading.find_record(key)
    if record is None:
        raise NotFound(key)
    who = _who_asks(record)
    view = _view(record, who)
    form = register_form(view, who)
    return intake.submit(form, view, by=who) or (_event_page(record, who, form), *intake.status_of(form))


@bp.get("/<lang>/events/<key>/receipt")
@public
def receipt(key: str) -> ResponseReturnValue:
    """See what happens next, after registering: the same page for everybody."""
    record = reading.find_record(key)
    if record is None:
        raise NotFound(key)
    view = _view(record, _who_asks(record))
    outcome = request.args.get("outcome", "")
    return kept.page(
        reading.version(),
        lambda: render_template(
            "site/receipt.html",
            page=page_of(view, reading.reader(), clock.now()),
            view=view,
            outcome=outcome if outcome in OUTCOMES else "seat",
            ics_url=_ics_url(view),
            related=[card for _shown, card in _related(view)] if _is_open(view) else [],
        ),
    )


@bp.get("/<lang>/events/<key>/poster")
@public
def poster(key: str) -> ResponseReturnValue:
    """Print a poster of an event that everybody may find."""
    import segno  # noqa: PLC0415 (only for the code)

    record = reading.find_record(key)
    if record is None:
        raise NotFound(key)
    view = _view(record, ANONYMOUS)
    if not _is_open(view):
        raise NotFound(key)
    address = absolute(url_for("site.event", key=view.key))
    return kept.page(
        reading.version(),
        lambda: render_template(
            "site/poster.html",
            page=page_of(view, reading.reader(), clock.now()),
            view=view,
            address=address.partition("://")[2],
            code=segno.make(address, error="m").svg_data_uri(border=0, dark="#1c1b1f", omitsize=True),
        ),
    )


def _moved(key: str) -> ResponseReturnValue:
    """Go to where an event is now. Raises NotFound for a key that never was, or of what this reader may not know."""
    new_key = find_new_key(key)
    record = reading.find_record(new_key) if new_key else None
    if record is None:
        raise NotFound(key)
    view = _view(record, _who_asks(record))
    return redirect(url_for("site.event", key=view.key), 301)


def _who_asks(record: EventRecord) -> Actor:
    """The actor for whom the page is shown: nobody in particular, unless the event is for those who are signed in."""
    seats = record.registration
    is_for_members = seats.mode is RegistrationMode.MEMBERS or any(
        not phase.segment for phase in running_phases(seats.opens_at, seats.phases, clock.now())
    )
    if may_know(record, STRANGER) and not is_for_members:
        return ANONYMOUS
    return actor()


def _view(record: EventRecord, who: Actor) -> EventView:
    """What this actor may see. Raises NotFound where they may not know of it; drafts have a preview of their own."""
    if not may_know(record, who.viewer) or record.status is Status.DRAFT:
        raise NotFound(record.key)
    return disclose(record, who.viewer, clock.now())


def _event_page(record: EventRecord, who: Actor, form: RegisterForm | None = None) -> str:
    """The page, kept as long as the programme and the seats are the same; one with a sent form is printed for it."""
    view = _view(record, who)
    beside = _Beside(parts=_parts(view), related=_related(view)) if _is_open(view) else _Beside()
    shown = [view, *(other for other, _card in (*beside.parts, *beside.related))]
    states = seat_states(shown)
    if form is not None:
        return _print(view, who, beside, states, form)
    told = tuple(seat_words(one, states[one.id]) for one in shown)
    return kept.page((reading.version(), told), lambda: _print(view, who, beside, states), own_values)


def _print(
    view: EventView,
    who: Actor,
    beside: _Beside,
    states: Mapping[int, SeatState],
    form: RegisterForm | None = None,
) -> str:
    reader, state = reading.reader(), states[view.id]
    page = page_of(view, reader, clock.now())
    path = url_for("site.event", key=view.key)
    obstacle = obstacle_of(view, who)
    if form is not None:
        tell_seats(form, view, state)
    elif obstacle is None:
        form = register_form(view, who, state)
        form.leave_gaps()
    return render_template(
        "site/event.html",
        page=page,
        view=view,
        seats=tell(view, seat_words(view, state)),
        parts=[with_seats(shown, card, states) for shown, card in beside.parts],
        related=[with_seats(shown, card, states) for shown, card in beside.related],
        is_open=_is_open(view),
        structured=describe(view, absolute(path), site().name, reader, _whole_url(view)) if _is_open(view) else None,
        share=share(page.title.text, page.summary.text or page.kind, path, "article"),
        ics_url=_ics_url(view),
        only_in=_only_in(page.body.lang),
        obstacle=obstacle,
        obstacle_text=_(obstacle.text) if obstacle else "",
        phase_text=phase_words(view, clock.now()) if obstacle else "",
        form=form,
        details=read_details(view.kind, view.details),
        blocks=blocks_of_page(view, clock.now()),
        now=clock.now(),
    )


def _is_open(view: EventView) -> bool:
    """Whether everybody may find the event: listed, indexed, with its data for other programs."""
    return view.visibility is Visibility.PUBLIC and not view.neutral


def _ics_url(view: EventView) -> str:
    return url_for("feeds.event_ics", key=view.key, lang=current_language()) if _is_open(view) else ""


def _only_in(lang: str) -> str:
    """What is said of a text that is not in the reader's language."""
    return _("Only in %(language)s", language=language_name(lang)) if lang != current_language() else ""


def _whole_url(view: EventView) -> str:
    return absolute(url_for("site.event", key=view.part_of.key)) if view.part_of else ""


def _parts(view: EventView) -> list[tuple[EventView, Card]]:
    """The parts of an event that everybody may find, in order of time."""
    return reading.kept(
        ("parts", view.id, current_language()),
        lambda: listing.shown_of(queries.list_parts(view)),
    )


def _related(view: EventView) -> list[tuple[EventView, Card]]:
    """Other events to come on the same themes, soonest first."""
    today = reading.today()
    return reading.kept(
        ("related", view.id, current_language(), today),
        lambda: listing.shown_of(queries.list_related(view, today, site().facts.tz, limit=RELATED)),
    )
