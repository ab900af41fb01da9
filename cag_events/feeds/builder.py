"""The feed builder: what somebody chooses, as an address for their calendar."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestURITooLarge

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import N_, Refused
from cag_events.events import reading
from cag_events.events.cards import ThemeName
from cag_events.events.models import Event, Theme
from cag_events.events.queries import visible_to
from cag_events.feeds.blueprint import bp
from cag_events.feeds.calendars import Feed, has_zone, next_rows
from cag_events.feeds.clients import BY_SLUG, TOLD
from cag_events.feeds.filters import FILTERS, Active, Filters, query_string, read_filters
from cag_events.feeds.links import links_of, query_with
from cag_events.feeds.offered import day_zone
from cag_events.feeds.options import DEFAULT, Options, read_options
from cag_events.feeds.preview import coming
from cag_events.feeds.queries import list_presets
from cag_events.permissions import ANONYMOUS, Permission, may
from cag_events.web import dates
from cag_events.web.access import public
from cag_events.web.actor import actor
from cag_events.web.errors import say
from cag_events.web.language import current_language, languages
from cag_events.web.throttle import spend_coarsely

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
SHOWN: Final = 5  # entries of the preview
ROWS: Final = 40  # stored entries that it is made of: some are rules, some are left out
ALMATY: Final = "Asia/Almaty"
_OPTION_LABELS: Final = (
    ("hours", N_("Opening hours of exhibitions, week by week")),
    ("without_cancelled", N_("Leave out what is cancelled")),
    ("rich", N_("Speakers, place and themes as data")),
)
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


@dataclass(frozen=True, kw_only=True)
class Choice:
    """All that is chosen in the builder. `told_in`: the language of the entries, not of the page."""

    filters: Filters
    options: Options = DEFAULT
    told_in: str

    @property
    def query(self) -> str:
        """The choice as the query of the builder's own address."""
        return self.query_of(self.filters.active)

    def query_of(self, active: Iterable[Active], options: Options | None = None, told_in: str = "") -> str:
        """Return the query of the builder with these filters, and other options or another language if given."""
        told = told_in or self.told_in
        pairs = [("lang", told)] if told != current_language() else []
        return query_with(active, [*(self.options if options is None else options).pairs, *pairs])

    @property
    def feed(self) -> Feed:
        """The feed that it asks for."""
        return Feed(path="/feeds/programme.ics", lang=self.told_in, filters=self.filters, options=self.options)


@bp.get("/<lang>/feeds")
@public
def builder() -> ResponseReturnValue:
    """Choose what comes to my calendar, and get its address."""
    lang, choice, faults = current_language(), *_choice()
    filters = choice.filters
    if "q" in filters.values:
        spend_coarsely("search")
    now = clock.now()
    return render_template(
        "feeds/builder.html",
        faults=[say(fault) for fault in (*filters.faults, *faults)],
        themes=_bar("theme", choice, lang),
        folded=[bar for name in _FOLDED if (bar := _bar(name, choice, lang)).options],
        removable=[(item.label, _url(choice, without=item)) for item in filters.active],
        presets=_presets(choice, lang),
        options=list(_options(choice)),
        told_in=list(_told_in(choice)),
        is_without_cancelled=choice.options.without_cancelled,
        coming=_count_coming(filters),
        preview=coming(next_rows(choice.feed, now, ROWS), now, SHOWN),
        links=links_of(filters, choice.told_in, choice.options),
        has_almaty=has_zone(choice.feed, now, ALMATY),
        clients=calendar_names(),
        programme_url=_programme_url(filters),
        is_member=may(actor(), Permission.MEMBERS_SEE),
        query=choice.query,
        tz=day_zone(),
    )


@bp.get("/<lang>/feeds/qr.svg")
@public
def qr() -> ResponseReturnValue:
    """See the address of a feed as a QR code."""
    import segno  # noqa: PLC0415 (only for the code)

    choice, _faults = _choice()
    drawn = io.BytesIO()
    address = links_of(choice.filters, choice.told_in, choice.options).address
    try:
        code = segno.make(address, error="m", micro=False)
    except segno.DataOverflowError as fault:  # some 2,300 letters are what a code holds
        raise RequestURITooLarge from fault
    code.save(drawn, kind="svg", scale=5, border=2, xmldecl=False, nl=False)
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


def calendar_names() -> list[tuple[str, str, str]]:
    """Return the programs that people use most: name, how often they look, what else to know."""
    told = (BY_SLUG[slug] for slug in TOLD)
    return [(_(one.name), _(one.refresh), _(one.advice) if one.advice else "") for one in told]


def _choice() -> tuple[Choice, list[Refused]]:
    told = request.args.get("lang", "")
    told = told if told in languages() else current_language()
    options, faults = read_options(request.args)
    return Choice(filters=read_filters(request.args, current_language()), options=options, told_in=told), faults


def _url(choice: Choice, *, without: Active | None = None) -> str:
    return _to(choice.query_of(item for item in choice.filters.active if item != without))


def _to(query: str) -> str:
    return url_for("feeds.builder") + ("?" + query if query else "")


def _options(choice: Choice) -> Iterator[Option]:
    """Yield each option as a link that takes it or leaves it."""
    for field, label in _OPTION_LABELS:
        is_chosen = bool(getattr(choice.options, field))
        toggled = replace(choice.options, **{field: not is_chosen})
        yield Option(_(label), _to(choice.query_of(choice.filters.active, toggled)), is_chosen)


def _told_in(choice: Choice) -> Iterator[Option]:
    """Yield the languages that entries can be told in."""
    for code in languages():
        url = _to(choice.query_of(choice.filters.active, told_in=code))
        yield Option(dates.language_name(code, current_language()), url, code == choice.told_in)


def _programme_url(filters: Filters) -> str:
    query = query_string(filters.active)
    return url_for("site.programme") + ("?" + query if query else "")


def _bar(name: str, choice: Choice, lang: str) -> Bar:
    known, filters = FILTERS[name], choice.filters
    choices = known.choices(lang, ANONYMOUS) if known.choices else ()
    chosen = filters.values.get(name, ())
    shapes = _shapes() if name == "theme" else {}
    options = (
        Option(
            one.label,
            _toggled(choice, Active(name, one.value, one.label)),
            one.value in chosen,
            ThemeName(one.value, *shapes[one.value], one.label) if one.value in shapes else None,
        )
        for one in choices
        if one.parent is None or one.parent in chosen or one.value in chosen
    )
    return Bar(name, _(known.label), tuple(options))


def _shapes() -> dict[str, tuple[str, str]]:
    rows = db.session.execute(select(Theme.key, Theme.token, Theme.icon).where(Theme.parent_id.is_(None)))
    return {row.key: (row.token, row.icon) for row in rows}


def _toggled(choice: Choice, item: Active) -> str:
    active = choice.filters.active
    left = [one for one in active if (one.name, one.value) != (item.name, item.value)]
    return _to(choice.query_of(left if len(left) < len(active) else [*active, item]))


def _presets(choice: Choice, lang: str) -> list[Option]:
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
            url = _to(choice.query_of(known.active))
            found.append(Option(reading.reader().text(preset.name).text, url, known.values == choice.filters.values))
    return found


def _count_coming(filters: Filters) -> int:
    query = select(func.count()).select_from(Event).where(*_coming(filters))
    return db.session.scalar(query) or 0


def _coming(filters: Filters) -> tuple[ColumnElement[bool], ...]:
    return (visible_to(ANONYMOUS), Event.ends_at > clock.now(), *filters.conditions)
