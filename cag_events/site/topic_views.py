"""Pages that gather events: a theme, the campaigns, exhibitions, a search."""

from typing import NamedTuple
from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from cag_events import clock
from cag_events.domain.errors import NotFound
from cag_events.domain.texts import Picked, pick
from cag_events.events import reading
from cag_events.events.cards import Card, ThemeName
from cag_events.events.models import Campaign, Theme
from cag_events.feeds.links import links_of_topic
from cag_events.site import listing, queries
from cag_events.site.blueprint import bp
from cag_events.site.share import share
from cag_events.web import dates, kept
from cag_events.web.access import public
from cag_events.web.gate import page_number
from cag_events.web.language import current_language
from cag_events.web.organisation import site
from cag_events.web.throttle import spend_coarsely


class ThemePage(NamedTuple):
    """A theme in the reader's language."""

    theme: ThemeName
    summary: Picked
    parent: ThemeName | None
    below: tuple[ThemeName, ...]


class CampaignPage(NamedTuple):
    """A campaign in the reader's language."""

    key: str
    name: Picked
    tagline: Picked
    purpose: Picked
    period: dates.Spell
    themes: tuple[ThemeName, ...]
    first: str
    is_over: bool


@bp.get("/<lang>/themes/<key>")
@public
def theme(key: str) -> ResponseReturnValue:
    """Read about a theme, see what is to come, and follow it."""
    shown = _theme_pages().get(key)
    if shown is None:
        raise NotFound(key)
    asked = listing.read(MultiDict([("theme", key)]))
    page = listing.find_page(asked, 1, url_for("site.programme"))
    return kept.page(
        (reading.version(), page.seats),
        lambda: render_template(
            "site/theme.html",
            shown=shown,
            page=page,
            all_url=asked.url(url_for("site.programme")),
            builder_url=asked.url(url_for("feeds.builder")),
            links=links_of_topic("theme", key),
            share=share(shown.theme.name, shown.summary.text or site().about, url_for("site.theme", key=key)),
            feeds=[],
        ),
    )


@bp.get("/<lang>/campaigns")
@public
def campaigns() -> ResponseReturnValue:
    """See the campaigns."""
    return render_template(
        "site/campaigns.html",
        campaigns=_campaign_pages(),
        share=share(_("Campaigns"), site().about, url_for("site.campaigns")),
        feeds=[],
    )


@bp.get("/<lang>/campaigns/<key>")
@public
def campaign(key: str) -> ResponseReturnValue:
    """Read about a campaign and see its events."""
    shown = next((one for one in _campaign_pages() if one.key == key), None)
    if shown is None:
        raise NotFound(key)
    asked = listing.read(MultiDict([("campaign", key), ("from", shown.first)]))
    path = url_for("site.campaign", key=key)
    page = listing.find_page(asked, page_number(), path)
    return kept.page(
        (reading.version(), page.seats),
        lambda: render_template(
            "site/campaign.html",
            shown=shown,
            page=page,
            page_url=lambda number: f"{path}?page={number}",
            builder_url=asked.feed_url(url_for("feeds.builder")),
            links=links_of_topic("campaign", key),
            share=share(shown.name.text, shown.tagline.text or shown.purpose.text, path),
            feeds=[],
        ),
    )


@bp.get("/<lang>/exhibitions")
@public
def exhibitions() -> ResponseReturnValue:
    """See what stands now and what comes next."""
    now, today = clock.now(), reading.today()
    found = reading.kept(("exhibitions", current_language(), today), _exhibitions)
    standing = [card.at(now) for card in found if card.goes_on or card.first_day == today]
    return render_template(
        "site/exhibitions.html",
        standing=standing,
        coming=[card for card in found if card.first_day > today],
        share=share(_("Exhibitions"), site().about, url_for("site.exhibitions")),
        feeds=[],
    )


@bp.get("/<lang>/search")
@public
def search() -> ResponseReturnValue:
    """Search the programme, what is over too."""
    words = " ".join(request.args.get("q", "").split())[:200]
    if words:
        spend_coarsely("search")
    path = url_for("site.search")
    found = queries.search_page(words, page_number()) if words else queries.NOTHING
    cards = listing.cards_of(listing.shown_of(found.records))
    return render_template(
        "site/search.html",
        words=words,
        cards=cards,
        total=found.total,
        page=found.number,
        pages=found.pages,
        page_url=lambda number: f"{path}?{urlencode({'q': words, 'page': number})}",
        themes=[one.theme for one in _theme_pages().values() if one.parent is None],
    )


def _theme_pages() -> dict[str, ThemePage]:
    lang = current_language()
    return reading.kept(("theme pages", lang), lambda: _make_theme_pages(lang))


def _make_theme_pages(lang: str) -> dict[str, ThemePage]:
    rows = queries.list_themes()
    by_id = {row.id: row for row in rows}

    def named(row: Theme) -> ThemeName:
        parent = by_id.get(row.parent_id) if row.parent_id else None
        source = parent or row
        return ThemeName(row.key, source.token, source.icon, pick(row.name, lang).text)

    return {
        row.key: ThemePage(
            theme=named(row),
            summary=pick(row.summary, lang),
            parent=named(by_id[row.parent_id]) if row.parent_id in by_id else None,
            below=tuple(named(other) for other in rows if other.parent_id == row.id),
        )
        for row in rows
    }


def _campaign_pages() -> list[CampaignPage]:
    lang, today = current_language(), reading.today()
    return reading.kept(("campaigns", lang, today), lambda: [_campaign(row, lang) for row in queries.list_campaigns()])


def _campaign(row: Campaign, lang: str) -> CampaignPage:
    themes = {one.key: one for one in listing.themes_of(lang)}
    return CampaignPage(
        key=row.key,
        name=pick(row.name, lang),
        tagline=pick(row.tagline, lang),
        purpose=pick(row.purpose, lang),
        period=dates.run(row.starts_on, row.ends_on, lang=lang),
        themes=tuple(themes[key] for key in row.themes if key in themes),
        first=row.starts_on.isoformat(),
        is_over=row.ends_on < reading.today(),
    )


def _exhibitions() -> list[Card]:
    """Everything that has a run and has not ended."""
    reader = reading.reader()
    shown = listing.shown_of(queries.list_runs(reader.today, reader.home))
    return [card for view, card in shown if not view.neutral]


@bp.get("/<lang>/calendar/")
@public
def this_month() -> ResponseReturnValue:
    """Go to the month that it is."""
    today = reading.today()
    return redirect(url_for("site.month", year=today.year, month=f"{today.month:02d}"))
