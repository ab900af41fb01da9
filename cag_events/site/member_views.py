"""The members' programme: what is public and what is for members alone."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.disclosure import Viewer, disclose
from cag_events.domain.event import Circle
from cag_events.events import reading
from cag_events.events.cards import card_of
from cag_events.events.models import Event
from cag_events.events.queries import list_records, visible_to
from cag_events.permissions import Actor, Permission, Role
from cag_events.registrations.queries import seat_states
from cag_events.site import listing, queries
from cag_events.site.blueprint import bp
from cag_events.site.seats import with_seats
from cag_events.web.access import needs
from cag_events.web.gate import page_number

MEMBER = Actor(role=Role.MEMBER)  # in whose eyes the page is made, whoever opens it
VIEWER = Viewer(circle=Circle.MEMBERS)


@bp.get("/<lang>/me/programme")
@needs(Permission.MEMBERS_SEE)
def members() -> ResponseReturnValue:
    """See what is coming for members."""
    reader, number = reading.reader(), page_number()
    conditions = (visible_to(MEMBER), queries.since(reader.today, reader.home))
    total = db.session.scalar(select(func.count(Event.id)).where(*conditions)) or 0
    pages = max(1, -(-total // queries.PER_PAGE))
    number = min(number, pages)
    records = list_records(*conditions, limit=queries.PER_PAGE, offset=(number - 1) * queries.PER_PAGE)
    views = [disclose(record, VIEWER, clock.now()) for record in records]
    states = seat_states(views)
    cards = [with_seats(view, card_of(view, url_for("site.event", key=view.key), reader), states) for view in views]
    return render_template(
        "site/members.html",
        groups=list(listing.grouped(cards, with_ongoing=True)),
        number=number,
        pages=pages,
        page_url=lambda page: url_for("site.members", page=page),
    )
