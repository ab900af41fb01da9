"""The event page, with its registration form, and the receipt."""

from typing import NamedTuple

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.disclosure import STRANGER, disclose, may_know
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.event import EventRecord, EventView, RegistrationMode, Visibility
from cag_events.domain.registering import find_obstacle
from cag_events.events import reading
from cag_events.events.cards import Card
from cag_events.events.queries import find_new_key, find_record
from cag_events.permissions import ANONYMOUS, Actor
from cag_events.registrations.queries import seat_state, seat_words
from cag_events.site import listing, queries
from cag_events.site.blueprint import bp
from cag_events.site.event_page import page_of
from cag_events.site.seats import tell
from cag_events.site.structured import describe
from cag_events.web.access import public
from cag_events.web.actor import actor
from cag_events.web.dates import language_name
from cag_events.web.language import current_language
from cag_events.web.organisation import site
from cag_events.web.templating import absolute

RELATED = 3
LONGEST_TEXT = 300


class Share(NamedTuple):
    """What other sites show of a page."""

    title: str
    text: str
    url: str
    kind: str = "website"


@bp.get("/<lang>/events/<key>")
@public
def event(key: str) -> ResponseReturnValue:
    """Read about an event, and register."""
    record = find_record(key)
    if record is None:
        return _moved(key)
    who = _who_asks(record)
    if not may_know(record, who.viewer):
        raise NotFound(key)
    return _event_page(record, who)


def _moved(key: str) -> ResponseReturnValue:
    """Go to where an event is now. Raises NotFound for a key that never was."""
    if (new_key := find_new_key(key)) is None:
        raise NotFound(key)
    return redirect(url_for("site.event", key=new_key), 301)


def _who_asks(record: EventRecord) -> Actor:
    """The actor for whom the page is shown: nobody in particular, unless the event is for those who are signed in."""
    if may_know(record, STRANGER) and record.registration.mode is not RegistrationMode.MEMBERS:
        return ANONYMOUS
    return actor()


def _event_page(record: EventRecord, who: Actor) -> str:
    now, reader = clock.now(), reading.reader()
    view = disclose(record, who.viewer, now)
    page = page_of(view, reader, now)
    url = absolute(url_for("site.event", key=view.key))
    is_public = view.visibility is Visibility.PUBLIC and who is ANONYMOUS
    obstacle = _obstacle(view)
    return render_template(
        "site/event.html",
        page=page,
        offers=page.offers,
        seats=tell(view, seat_words(view, seat_state(record))),
        related=_related(view) if is_public and not view.neutral else [],
        robots=is_public,
        structured=describe(view, url, site().name, reader) if is_public and not view.neutral else None,
        share=Share(page.title.text, (page.summary.text or page.kind)[:LONGEST_TEXT], url, "article"),
        ics_url=url_for("feeds.event_ics", key=view.key) if is_public and not view.neutral else "",
        only_in=_only_in(page.body.lang),
        obstacle=_(obstacle.text) % obstacle.facts if obstacle else "",
        opens_at=view.registration.opens_at if obstacle and obstacle.code == "registration.not_open" else None,
        register_text=_("Register"),
        form=None,
    )


def _obstacle(view: EventView) -> Refused | None:
    seats = view.registration
    return find_obstacle(view, seats.mode, seats.opens_at, seats.closes_at, clock.now())


def _only_in(lang: str) -> str:
    """What is said of a text that is not in the reader's language."""
    return _("Only in %(language)s", language=language_name(lang)) if lang != current_language() else ""


def _related(view: EventView) -> list[Card]:
    """Other events to come on the same themes, soonest first."""
    today = reading.today()
    found = reading.kept(
        ("related", view.id, current_language(), today),
        lambda: listing.shown_of(queries.list_related(view, today, site().facts.tz, limit=RELATED)),
    )
    return [card for _view, card in found]
