"""Themes, campaigns and the organisation's own words for kinds."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from cag_events.db import db
from cag_events.domain.errors import NotFound
from cag_events.events import services
from cag_events.events.blueprint import bp
from cag_events.events.forms.words import campaign_form_class, kind_words_form_class, theme_form_class
from cag_events.events.models import Campaign, Event, EventTheme, KindWords, Theme
from cag_events.kinds import KINDS
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.choices import own_languages as named
from cag_events.web.choices import typed
from cag_events.web.language import languages


@bp.get("/<lang>/organise/themes")
@needs(Permission.THEME_EDIT)
def themes() -> ResponseReturnValue:
    """See the thematic areas with their subtopics, and the kinds of event."""
    used = select(EventTheme.theme_id, func.count().label("events")).group_by(EventTheme.theme_id).subquery()
    query = select(Theme, used.c.events).outerjoin(used, used.c.theme_id == Theme.id)
    rows = [
        {
            "id": theme.id,
            "key": theme.key,
            "name": dict(theme.name),
            "summary": dict(theme.summary),
            "token": theme.token,
            "icon": theme.icon,
            "parent": theme.parent_id,
            "events": events or 0,
        }
        for theme, events in db.session.execute(query.order_by(Theme.position, Theme.id))
    ]
    words = {row.key: row for row in db.session.scalars(select(KindWords))}
    kinds = [
        {
            "slug": slug,
            "label": dict(words[slug].name) if slug in words else {},
            "fallback": kind.label,
            "minutes": (words[slug].default_minutes if slug in words else 0) or kind.default_minutes,
        }
        for slug, kind in KINDS.items()
    ]
    areas = [row for row in rows if row["parent"] is None]
    below = {area["id"]: [row for row in rows if row["parent"] == area["id"]] for area in areas}
    return render_template("events/themes.html", areas=areas, below=below, kinds=kinds)


@bp.route("/<lang>/organise/themes/new", methods=["GET", "POST"], defaults={"key": None})
@bp.route("/<lang>/organise/themes/<key>", methods=["GET", "POST"])
@needs(Permission.THEME_EDIT)
def theme(key: str | None) -> ResponseReturnValue:
    """Make or change a theme."""
    row = _find(Theme, key)
    form = theme_form_class(languages())()
    form.offer([(area.key, dict(area.name)) for area in _areas() if area.key != key])
    if not form.is_submitted():
        form.load(row, _key_of(row.parent_id) if row and row.parent_id else "")
        return _page("events/theme.html", form, row)
    if form.validate():
        with form.refusals():
            services.save_theme(row.id if row else None, form.read(row), by=actor())
            flash(_("Saved."), "ok")
            return redirect(url_for(".themes"), 303)
    return _page("events/theme.html", form, _find(Theme, key)), 422


@bp.get("/<lang>/organise/campaigns")
@needs(Permission.EVENT_PUBLISH)
def campaigns_admin() -> ResponseReturnValue:
    """See the campaigns."""
    used = select(Event.campaign_id, func.count(Event.id).label("events")).group_by(Event.campaign_id).subquery()
    query = select(Campaign, used.c.events).outerjoin(used, used.c.campaign_id == Campaign.id)
    rows = [
        {
            "key": row.key,
            "name": dict(row.name),
            "tagline": dict(row.tagline),
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "report_due_on": row.report_due_on,
            "events": events or 0,
        }
        for row, events in db.session.execute(query.order_by(Campaign.starts_on.desc(), Campaign.id))
    ]
    return render_template("events/campaigns.html", campaigns=rows)


@bp.route("/<lang>/organise/campaigns/new", methods=["GET", "POST"], defaults={"key": None})
@bp.route("/<lang>/organise/campaigns/<key>", methods=["GET", "POST"])
@needs(Permission.EVENT_PUBLISH)
def campaign(key: str | None) -> ResponseReturnValue:
    """Make or change a campaign."""
    row = _find(Campaign, key)
    form = campaign_form_class(languages())()
    form.offer([(area.key, dict(area.name)) for area in _areas()])
    if not form.is_submitted():
        form.load(row)
        return _page("events/campaign.html", form, row)
    if form.validate():
        with form.refusals():
            services.save_campaign(row.id if row else None, form.read(row), by=actor())
            flash(_("Saved."), "ok")
            return redirect(url_for(".campaigns_admin"), 303)
    return _page("events/campaign.html", form, _find(Campaign, key)), 422


@bp.route("/<lang>/organise/kinds/<key>", methods=["GET", "POST"])
@needs(Permission.THEME_EDIT)
def kind_words(key: str) -> ResponseReturnValue:
    """Call a kind what the organisation calls it."""
    if key not in KINDS:
        raise NotFound(key)
    row = db.session.scalar(select(KindWords).where(KindWords.key == key))
    form = kind_words_form_class(languages())()
    if not form.is_submitted():
        form.load(row)
        return _page("events/kind.html", form, row, label=_(KINDS[key].label))
    if form.validate():
        with form.refusals():
            services.save_kind_words(
                key, typed(form.name), typed(form.plural), form.default_minutes.data or 0, by=actor()
            )
            flash(_("Saved."), "ok")
            return redirect(url_for(".themes"), 303)
    return _page("events/kind.html", form, row, label=_(KINDS[key].label)), 422


def _find(model: Any, key: str | None) -> Any:
    if key is None:
        return None
    row = db.session.scalar(select(model).where(model.key == key))
    if row is None:
        raise NotFound(key)
    return row


def _areas() -> list[Theme]:
    query = select(Theme).where(Theme.parent_id.is_(None)).order_by(Theme.position, Theme.id)
    return list(db.session.scalars(query))


def _key_of(theme_id: int) -> str:
    return db.session.scalar(select(Theme.key).where(Theme.id == theme_id)) or ""


def _page(template: str, form: Any, row: Any, **more: Any) -> str:
    return render_template(
        template,
        form=form,
        row={"key": row.key, "name": dict(row.name)} if row else None,
        own_languages=named(languages()),
        **more,
    )
