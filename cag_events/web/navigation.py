"""What stands in the menus: links to the pages that exist, by what the person may do."""

from typing import NamedTuple

from flask import current_app, request, url_for  # noqa: TID251 (which pages exist, the application knows)
from flask_babel import gettext

from cag_events.domain.errors import N_
from cag_events.permissions import Actor, Permission, may


class Link(NamedTuple):
    """A link in a menu; `current`: it leads to where we are."""

    label: str
    url: str
    current: bool
    icon: str


class _Item(NamedTuple):
    label: str
    endpoint: str
    icon: str = ""
    permission: Permission | None = None
    also: tuple[str, ...] = ()  # endpoints that belong to it
    below: str = ""  # where the rules of pages that belong to it begin


P = Permission
PUBLIC = (
    _Item(
        N_("Programme"),
        "site.programme",
        also=("site.event", "site.register", "site.receipt", "site.month", "site.theme"),
    ),
    _Item(N_("Exhibitions"), "site.exhibitions"),
    _Item(N_("Campaigns"), "site.campaigns", also=("site.campaign",)),
    _Item(N_("Subscribe"), "feeds.builder"),
    _Item(N_("Search"), "site.search"),
)
FOOTER = (
    _Item(N_("Accessibility"), "site.accessibility"),
    _Item(N_("Privacy"), "site.privacy"),
    _Item(N_("Calendar feeds"), "feeds.builder"),
    _Item(N_("My registration"), "registrations.lost"),
    _Item(N_("Sign in"), "accounts.login"),
)
WORKSPACE = (
    _Item(N_("Today"), "workspace.today", "today", P.WORKSPACE),
    _Item(N_("Calendar"), "workspace.calendar", "calendar", P.EVENT_SEE, below="/<lang>/organise/calendar/"),
    _Item(
        N_("Events"),
        "events.list",
        "events",
        P.EVENT_SEE,
        below="/<lang>/organise/events/",
    ),
    _Item(N_("Import"), "imports.bring", "download", P.EVENT_EDIT, below="/<lang>/organise/import/"),
    _Item(
        N_("Tours"),
        "exhibitions.productions",
        "kind-exhibition",
        P.EVENT_SEE,
        (
            *("exhibitions.production", "exhibitions.new_production", "exhibitions.edit_production"),
            *("exhibitions.stop", "exhibitions.new_stop", "exhibitions.edit_stop", "exhibitions.move_stop"),
        ),
    ),
    _Item(N_("Commitments"), "hearings.all_commitments", "flag", P.EVENT_EDIT),
    _Item(N_("Cultural programmes"), "talks.cultures", "kind-lecture", P.COUNTS_SEE, ("talks.terms",)),
    _Item(
        N_("Funding terms"),
        "studies.terms",
        "kind-study_session",
        P.EVENT_PUBLISH,
        below="/<lang>/organise/settings/funding-terms/",
    ),
    _Item(N_("Venues"), "events.venues", "venue", P.VENUE_EDIT, below="/<lang>/organise/venues/"),
    _Item(N_("Contacts"), "audiences.contacts", "people", P.CONTACT_SEE, ("audiences.contact",)),
    _Item(N_("Segments"), "audiences.segments", "target", P.SEGMENT_EDIT, ("audiences.segment",)),
    _Item(N_("Partners"), "audiences.partners", "handshake", P.CONTACT_SEE, ("events.partner",)),
    _Item(N_("Themes"), "events.themes", "tag", P.THEME_EDIT, ("events.theme", "events.kind_words")),
    _Item(N_("Campaigns"), "events.campaigns_admin", "campaign", P.EVENT_PUBLISH, ("events.campaign",)),
    _Item(
        N_("Periods to mind"),
        "events.periods",
        "calendar",
        P.EVENT_PUBLISH,
        ("events.period", "workspace.import_periods", "workspace.look_at_periods"),
    ),
    _Item(N_("Mail"), "outbox.mail", "mail", P.MAIL_SEE, ("outbox.message",)),
    _Item(N_("Log"), "audit.log", "eye", P.LOG_SEE),
    _Item(N_("Calendar feeds"), "feeds.limits", "feed", P.SETTINGS_EDIT, ("feeds.set_limits",)),
    _Item(N_("Accounts"), "accounts.people", "person", P.ACCOUNT_INVITE, ("accounts.invite", "accounts.edit_account")),
)
MEMBER = (
    _Item(N_("My pages"), "accounts.me", "person"),
    _Item(N_("Members' programme"), "site.members", "events", P.MEMBERS_SEE),
    _Item(N_("Doors"), "door.doors", "people", P.DOOR_OPEN),
    _Item(N_("My registrations"), "registrations.own", "ticket"),
    _Item(
        N_("My calendar feeds"),
        "feeds.mine",
        "feed",
        P.MEMBERS_SEE,
        ("feeds.make", "feeds.edit", "feeds.change", "feeds.make_of_choice"),
    ),
    _Item(N_("Themes I follow"), "feeds.following", "heart", P.MEMBERS_SEE, ("feeds.set_following",)),
    _Item(N_("My account"), "accounts.own", "settings", None, ("accounts.change_password", "accounts.change_language")),
)
ACCOUNT = (
    _Item(N_("My pages"), "accounts.me"),
    _Item(N_("My account"), "accounts.own"),
    _Item(N_("To the public site"), "site.programme"),
)


def link_to(endpoint: str) -> str | None:
    """Return the address of a page, None where the installation has no such page."""
    return url_for(endpoint) if endpoint in current_app.view_functions else None


def public_links() -> list[tuple[str, str, bool]]:
    """Return the main menu of the public site."""
    return [(link.label, link.url, link.current) for link in _links(PUBLIC, None)]


def footer_links() -> list[tuple[str, str]]:
    """Return the links at the foot of public pages."""
    return [(link.label, link.url) for link in _links(FOOTER, None)]


def workspace_links(actor: Actor) -> list[Link]:
    """Return the menu of the workspace for somebody; who has none gets that of a member."""
    return _links(WORKSPACE if may(actor, P.WORKSPACE) else MEMBER, actor)


def account_links(actor: Actor) -> list[tuple[str, str]]:
    """Return the menu of somebody's own pages."""
    return [(link.label, link.url) for link in _links(ACCOUNT, actor)]


def _links(items: tuple[_Item, ...], actor: Actor | None) -> list[Link]:
    return [
        Link(gettext(item.label), url, _holds(item), item.icon)
        for item in items
        if (item.permission is None or (actor is not None and may(actor, item.permission)))
        and (url := link_to(item.endpoint))
    ]


def _holds(item: _Item) -> bool:
    """Tell whether the page that is asked for is an item's, or belongs to it."""
    if request.endpoint in (item.endpoint, *item.also):
        return True
    return bool(item.below and request.url_rule and request.url_rule.rule.startswith(item.below))
