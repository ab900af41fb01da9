"""The feed builder: what somebody chooses, as an address for their calendar."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select
from werkzeug.datastructures import MultiDict

from cag_events import clock
from cag_events.db import db
from cag_events.domain.disclosure import STRANGER, disclose
from cag_events.events import reading
from cag_events.events.cards import Card, ThemeName, card_of
from cag_events.events.models import Event, Theme
from cag_events.events.queries import list_records, visible_to
from cag_events.feeds.blueprint import bp
from cag_events.feeds.filters import FILTERS, Active, Filters, query_string, read_filters
from cag_events.feeds.queries import list_presets
from cag_events.permissions import ANONYMOUS
from cag_events.web.access import public
from cag_events.web.errors import say
from cag_events.web.language import current_language, languages
from cag_events.web.settings import base_url
from cag_events.web.throttle import spend_coarsely

SHORT: Final = {"theme": "themes", "segment": "segments", "campaign": "campaigns"}  # addresses to print on paper
PLURALS: Final = {
    "themes": "theme",
    "segments": "segment",
    "kinds": "kind",
    "campaigns": "campaign",
    "countries": "country",
    "cities": "city",
    "languages": "language",
    "modes": "mode",
}
SHOWN: Final = 3  # events of the preview
_FOLDED: Final = ("kind", "segment", "city", "country", "language", "mode", "campaign")


@dataclass(frozen=True)
class Option:
    """A value of a filter as a link that takes it or leaves it."""

    label: str
    url: str
    is_chosen: bool
    theme: ThemeName | None = None


@dataclass(frozen=True)
class Bar:
    """A filter with what it offers."""

    name: str
    label: str
    options: tuple[Option, ...]

    @property
    def chosen(self) -> int:
        """How many of its values are chosen."""
        return sum(option.is_chosen for option in self.options)


class Links(NamedTuple):
    """One feed's address in all the forms that programs want."""

    address: str
    webcal: str
    google: str
    outlook: str
    microsoft: str
    atom: str
    json: str
    qr: str


@bp.get("/<lang>/feeds")
@public
def builder() -> ResponseReturnValue:
    """Choose what comes to my calendar, and get its address."""
    lang = current_language()
    filters = read_filters(request.args, lang)
    if "q" in filters.values:
        spend_coarsely("search")
    return render_template(
        "feeds/builder.html",
        filters=filters,
        faults=[say(fault) for fault in filters.faults],
        themes=_bar("theme", filters, lang),
        folded=[bar for name in _FOLDED if (bar := _bar(name, filters, lang)).options],
        removable=[(item.label, _url(query_string(filters.active, without=item))) for item in filters.active],
        presets=_presets(filters, lang),
        coming=_count_coming(filters),
        preview=list(_preview(filters)),
        links=links_of(filters, lang),
        programme_url=_programme_url(filters),
    )


@bp.get("/<lang>/feeds/qr.svg")
@public
def qr() -> ResponseReturnValue:
    """See the address of a feed as a QR code."""
    import segno  # noqa: PLC0415 (only for the code)

    lang = current_language()
    filters = read_filters(request.args, lang)
    drawn = io.BytesIO()
    address = links_of(filters, lang).address
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", scale=5, border=2, xmldecl=False, nl=False)
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


def address_of(filters: Filters, lang: str) -> str:
    """Return the shortest path of a feed with these filters."""
    pairs = [(item.name, item.value) for item in filters.active]
    path = "/feeds/programme.ics"
    if len(pairs) == 1 and pairs[0][0] in SHORT:
        name, value = pairs.pop()
        path = f"/feeds/{SHORT[name]}/{quote(value)}.ics"
    if lang != languages()[0]:
        pairs.append(("lang", lang))
    return path + ("?" + urlencode(pairs) if pairs else "")


def links_of(filters: Filters, lang: str) -> Links:
    """Return a feed's address in all its forms."""
    address = base_url() + address_of(filters, lang)
    query = query_string(filters.active, lang=lang)
    more = urlencode({"url": address, "name": _("Events")})
    webcal = "webcal:" + address.partition(":")[2]
    return Links(
        address=address,
        webcal=webcal,
        google="https://calendar.google.com/calendar/r?" + urlencode({"cid": webcal}),
        outlook="https://outlook.live.com/calendar/0/addfromweb?" + more,
        microsoft="https://outlook.office.com/calendar/0/addfromweb?" + more,
        atom=f"{base_url()}/feeds/programme.atom?{query}",
        json=f"{base_url()}/feeds/programme.json?{query}",
        qr=url_for("feeds.qr") + "?" + query_string(filters.active),
    )


def _url(query: str) -> str:
    return url_for("feeds.builder") + ("?" + query if query else "")


def _programme_url(filters: Filters) -> str:
    query = query_string(filters.active)
    return url_for("site.programme") + ("?" + query if query else "")


def _bar(name: str, filters: Filters, lang: str) -> Bar:
    known = FILTERS[name]
    choices = known.choices(lang, ANONYMOUS) if known.choices else ()
    chosen = filters.values.get(name, ())
    shapes = _shapes() if name == "theme" else {}
    options = (
        Option(
            choice.label,
            _toggled(filters.active, Active(name, choice.value, choice.label)),
            choice.value in chosen,
            ThemeName(choice.value, *shapes[choice.value], choice.label) if choice.value in shapes else None,
        )
        for choice in choices
        if choice.parent is None or choice.parent in chosen or choice.value in chosen
    )
    return Bar(name, _(known.label), tuple(options))


def _shapes() -> dict[str, tuple[str, str]]:
    rows = db.session.execute(select(Theme.key, Theme.token, Theme.icon).where(Theme.parent_id.is_(None)))
    return {row.key: (row.token, row.icon) for row in rows}


def _toggled(active: Sequence[Active], item: Active) -> str:
    if any((one.name, one.value) == (item.name, item.value) for one in active):
        return _url(query_string(one for one in active if (one.name, one.value) != (item.name, item.value)))
    return _url(query_string([*active, item]))


def _presets(filters: Filters, lang: str) -> list[Option]:
    """Return the organisation's presets as links; those whose values are all gone are left out."""
    found = []
    for preset in list_presets():
        pairs = [
            (PLURALS.get(name, name), str(value))
            for name, values in preset.filters.items()
            for value in (values if isinstance(values, list) else [values])
        ]
        known = read_filters(MultiDict(pairs), lang)
        if known.active:
            url = _url(query_string(known.active))
            found.append(Option(reading.reader().text(preset.name).text, url, known.values == filters.values))
    return found


def _count_coming(filters: Filters) -> int:
    query = select(func.count()).select_from(Event).where(*_coming(filters))
    return db.session.scalar(query) or 0


def _preview(filters: Filters) -> Iterator[Card]:
    now, reader = clock.now(), reading.reader()
    for record in list_records(*_coming(filters), limit=SHOWN):
        view = disclose(record, STRANGER, now)
        yield card_of(view, f"/{current_language()}/events/{view.key}", reader)


def _coming(filters: Filters) -> tuple[ColumnElement[bool], ...]:
    return (visible_to(ANONYMOUS), Event.ends_at > clock.now(), *filters.conditions)
