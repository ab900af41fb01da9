"""Keeps themes, campaigns and the organisation's own words for kinds."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select

from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.slugs import first_free
from cag_events.domain.texts import Texts, pick
from cag_events.events import records
from cag_events.events.models import Campaign, Event, EventTheme, KindWords, Theme
from cag_events.kinds import KINDS
from cag_events.permissions import Actor, Permission, require


@dataclass(frozen=True, kw_only=True)
class ThemeFields:
    """A theme or, with a parent's key, a subtopic."""

    name: Texts
    summary: Texts = field(default_factory=dict)
    token: str = ""
    icon: str = ""
    parent: str | None = None


@dataclass(frozen=True, kw_only=True)
class CampaignFields:
    """A campaign's basic fields; its goals and milestones are kept as they are."""

    name: Texts
    tagline: Texts = field(default_factory=dict)
    purpose: Texts = field(default_factory=dict)
    themes: tuple[str, ...] = ()
    starts_on: date
    ends_on: date
    report_due_on: date | None = None
    budget_sek: int | None = None


def save_theme(theme_id: int | None, fields: ThemeFields, *, by: Actor) -> Theme:
    """Make or change a theme. Raises NotFound, NotAllowed, Refused theme.levels. Notes event.changed for its events."""
    with transaction():
        require(by, Permission.THEME_EDIT)
        _require_name(fields.name)
        parent = _by_key(Theme, fields.parent) if fields.parent else None
        theme = _by_id(Theme, theme_id) if theme_id else Theme(key=_free(Theme, fields.name), position=_last(Theme))
        has_children = bool(theme_id) and bool(
            db.session.scalar(select(Theme.id).where(Theme.parent_id == theme_id).limit(1))
        )
        if parent is not None and (parent.parent_id is not None or has_children or parent.id == theme_id):
            raise Refused("theme.levels", N_("Themes have two levels: choose a theme, not a subtopic."), field="parent")
        theme.name, theme.summary = dict(fields.name), dict(fields.summary)
        theme.token, theme.icon = fields.token, fields.icon
        theme.parent_id = parent.id if parent else None
        db.session.add(theme)
        db.session.flush()
        used = select(EventTheme.event_id).join(Theme).where((Theme.id == theme.id) | (Theme.parent_id == theme.id))
        records.refresh_where(Event.id.in_(used))
    return theme


def save_campaign(campaign_id: int | None, fields: CampaignFields, *, by: Actor) -> Campaign:
    """Make or change a campaign. Raises NotFound, NotAllowed, Refused campaign.span. Notes event.changed."""
    with transaction():
        require(by, Permission.THEME_EDIT)
        _require_name(fields.name)
        if fields.ends_on < fields.starts_on:
            raise Refused("campaign.span", N_("The last day must not be before the first."), field="ends_on")
        campaign = (
            _by_id(Campaign, campaign_id)
            if campaign_id
            else Campaign(key=_free(Campaign, fields.name), position=_last(Campaign))
        )
        for name in ("starts_on", "ends_on", "report_due_on", "budget_sek"):
            setattr(campaign, name, getattr(fields, name))
        campaign.name, campaign.tagline = dict(fields.name), dict(fields.tagline)
        campaign.purpose, campaign.themes = dict(fields.purpose), list(fields.themes)
        db.session.add(campaign)
        db.session.flush()
        records.refresh_where(Event.campaign_id == campaign.id)
    return campaign


def save_kind_words(kind: str, name: Texts, plural: Texts, default_minutes: int, *, by: Actor) -> KindWords:
    """Give a kind the organisation's own words and usual length. Raises NotFound, NotAllowed.

    Notes event.changed for its events: calendars say their kind, and of guarded ones nothing else.
    """
    with transaction():
        require(by, Permission.THEME_EDIT)
        if kind not in KINDS:
            raise NotFound(kind)
        words = db.session.scalar(select(KindWords).where(KindWords.key == kind)) or KindWords(
            key=kind, position=_last(KindWords)
        )
        words.name, words.plural, words.default_minutes = dict(name), dict(plural), default_minutes
        db.session.add(words)
        db.session.flush()
        records.refresh_where(Event.kind == kind)
    return words


def _require_name(name: Texts) -> None:
    if not any(name.values()):
        raise Refused("words.no_name", N_("Give it a name in at least one language."), field="name")


def _by_id(model: Any, row_id: int) -> Any:
    row = db.session.get(model, row_id)
    if row is None:
        raise NotFound(row_id)
    return row


def _by_key(model: Any, key: str) -> Any:
    row = db.session.scalar(select(model).where(model.key == key))
    if row is None:
        raise NotFound(key)
    return row


def _free(model: Any, name: Texts) -> str:
    return first_free(pick(name, "sv").text, {"new", *db.session.scalars(select(model.key))})


def _last(model: Any) -> int:
    last: int | None = db.session.scalar(select(func.max(model.position)))
    return (last if last is not None else -1) + 1
