"""All events for those who organise them: search, narrow, sort."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.disclosure import TEAM, disclose
from cag_events.domain.errors import N_
from cag_events.domain.lifecycle import Status
from cag_events.events import search
from cag_events.events.blueprint import bp
from cag_events.events.cards import card_of, kind_label
from cag_events.events.models import Event, EventTheme, Theme
from cag_events.events.queries import list_records, visible_to
from cag_events.events.reading import reader
from cag_events.events.wording import STATUS_WORDS
from cag_events.kinds import KINDS
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.gate import page_number

PER_PAGE = 25
WHENS = (("upcoming", N_("Coming")), ("past", N_("Past")), ("all", N_("All")))
STATUSES = (
    (Status.DRAFT, N_("Drafts")),
    (Status.PUBLISHED, N_("Published")),
    (Status.POSTPONED, N_("Postponed")),
    (Status.CANCELLED, N_("Cancelled")),
)
SORTS = {
    "date": (Event.starts_at.asc().nulls_first(), Event.id),
    "-date": (Event.starts_at.desc().nulls_last(), Event.id.desc()),
    "changed": (Event.changed_at.desc(), Event.id.desc()),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address asks for; what it does not know is left out."""

    q: str
    when: str
    status: str
    kind: str
    theme: str
    sort: str
    page: int

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what the events must satisfy."""
        now = clock.now()
        found: list[ColumnElement[bool]] = []
        if self.when == "upcoming":
            found.append(or_(Event.ends_at.is_(None), Event.ends_at >= now))
        elif self.when == "past":
            found.append(Event.ends_at < now)
        if self.status:
            found.append(Event.status == Status(self.status))
        if self.kind:
            found.append(Event.kind == self.kind)
        if self.theme:
            parent = select(Theme.id).where(Theme.key == self.theme).scalar_subquery()
            themes = select(Theme.id).where((Theme.key == self.theme) | (Theme.parent_id == parent))
            found.append(Event.id.in_(select(EventTheme.event_id).where(EventTheme.theme_id.in_(themes))))
        if search.words_of(self.q):
            found.append(search.matching(self.q, actor()))
        return found

    def address(self, **changes: Any) -> str:
        """Return the list's address with something changed; the first page unless a page is given."""
        values = {"q": self.q, "when": self.when, "status": self.status, "kind": self.kind, "theme": self.theme}
        values |= {"sort": self.sort, **changes}
        usual = {"when": "upcoming", "sort": "date"}
        asked: dict[str, Any] = {name: value for name, value in values.items() if value and value != usual.get(name)}
        return url_for(".list", **asked)


@bp.get("/<lang>/organise/events", endpoint="list")
@needs(Permission.EVENT_SEE)
def list_events() -> ResponseReturnValue:
    """Find an event to work with."""
    themes = db.session.scalars(select(Theme).where(Theme.parent_id.is_(None)).order_by(Theme.position, Theme.id)).all()
    asked = _asked([theme.key for theme in themes])
    conditions = [visible_to(actor()), *asked.conditions()]
    total = db.session.scalar(select(func.count(Event.id)).where(*conditions)) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(asked.page, pages)
    found = list_records(*conditions, order_by=SORTS[asked.sort], limit=PER_PAGE, offset=PER_PAGE * (page - 1))
    who, at = reader(), clock.now()
    cards = [card_of(disclose(record, TEAM, at), url_for(".edit", key=record.key), who) for record in found]
    statuses = {record.id: record.status.value for record in found}
    return render_template(
        "events/list.html",
        asked=asked,
        cards=cards,
        statuses=statuses,
        status_words={slug: _(word) for slug, word in STATUS_WORDS.items()},
        page_address=lambda number: asked.address(page=number if number > 1 else None),
        total=total,
        page=page,
        pages=pages,
        whens=[(_(word), asked.address(when=key, sort=None), asked.when == key) for key, word in WHENS],
        status_choices=STATUSES,
        kind_choices=[(slug, kind_label(slug, who)) for slug in KINDS],
        theme_choices=[(theme.key, dict(theme.name)) for theme in themes],
        is_narrowed=bool(asked.q or asked.status or asked.kind or asked.theme),
        is_empty=not total and not _any_event(),
        title=_("Events"),
    )


def _any_event() -> bool:
    return db.session.scalar(select(Event.id).limit(1)) is not None


def _asked(themes: Any) -> Asked:
    args: Mapping[str, str] = request.args
    return Asked(
        q=args.get("q", "")[:200].strip(),
        when=_one(args.get("when", ""), [key for key, _word in WHENS]) or "upcoming",
        status=_one(args.get("status", ""), [status.value for status in Status]),
        kind=_one(args.get("kind", ""), [*KINDS]),
        theme=_one(args.get("theme", ""), themes),
        sort=_one(args.get("sort", ""), [*SORTS]) or ("-date" if args.get("when") == "past" else "date"),
        page=page_number(),
    )


def _one(text: str, known: Any) -> str:
    return text if text in known else ""
