"""Who may do what, all of it: actors, roles, permissions and the table between them."""

from dataclasses import dataclass
from enum import StrEnum

from cag_events.domain.disclosure import Viewer
from cag_events.domain.errors import NotAllowed
from cag_events.domain.event import Circle


class Role(StrEnum):
    """What an account is; given by the organisation, never taken from a form of the public."""

    ADMIN = "admin"
    ORGANIZER = "organizer"
    EDITOR = "editor"
    REPORTER = "reporter"
    CHECKIN = "checkin"
    MEMBER = "member"


class Permission(StrEnum):
    """One thing that somebody may do."""

    WORKSPACE = "workspace:see"
    EVENT_SEE = "event:see"  # every event, drafts and private ones too
    EVENT_EDIT = "event:edit"
    EVENT_PUBLISH = "event:publish"
    VENUE_EDIT = "venue:edit"
    CONTACT_SEE = "contact:see"
    CONTACT_EDIT = "contact:edit"
    SEGMENT_EDIT = "segment:edit"
    THEME_EDIT = "theme:edit"
    ATTENDEES_SEE = "attendees:see"
    ATTENDEES_EDIT = "attendees:edit"  # approve, decline, check in, add walk-ins
    ATTENDEES_EXPORT = "attendees:export"
    CARE_GIVE = "care:give"  # who reads needs and sensitive answers at any event; and, with a reason, to look oneself
    COUNTS_SEE = "counts:see"
    DOOR_OPEN = "door:open"  # of the events that one is assigned to
    MAIL_SEE = "mail:see"
    ACCOUNT_INVITE = "account:invite"
    ACCOUNT_EDIT = "account:edit"  # roles, disabling
    SETTINGS_EDIT = "settings:edit"
    LOG_SEE = "log:see"
    MEMBERS_SEE = "members:see"  # members' programme, own feeds
    REGISTER = "event:register"


P = Permission
_MEMBER = frozenset({P.MEMBERS_SEE, P.REGISTER})
_EDITOR = _MEMBER | {P.WORKSPACE, P.EVENT_SEE, P.EVENT_EDIT, P.VENUE_EDIT, P.COUNTS_SEE}
_ORGANIZER = _EDITOR | {
    P.EVENT_PUBLISH,
    P.CONTACT_SEE,
    P.CONTACT_EDIT,
    P.SEGMENT_EDIT,
    P.THEME_EDIT,
    P.ATTENDEES_SEE,
    P.ATTENDEES_EDIT,
    P.ATTENDEES_EXPORT,
    P.ACCOUNT_INVITE,
}
GRANTS: dict[Role | None, frozenset[Permission]] = {
    None: frozenset({P.REGISTER}),
    Role.MEMBER: _MEMBER,
    Role.CHECKIN: frozenset({P.REGISTER, P.DOOR_OPEN}),
    Role.REPORTER: _MEMBER | {P.WORKSPACE, P.COUNTS_SEE},
    Role.EDITOR: _EDITOR,
    Role.ORGANIZER: _ORGANIZER,
    Role.ADMIN: _ORGANIZER | {P.ACCOUNT_EDIT, P.SETTINGS_EDIT, P.LOG_SEE, P.MAIL_SEE, P.CARE_GIVE},
}
INVITABLE: dict[Role, frozenset[Role]] = {
    Role.ADMIN: frozenset(Role),
    Role.ORGANIZER: frozenset({Role.MEMBER, Role.EDITOR, Role.CHECKIN}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a signed-in account, or nobody in particular; `is_system` for commands and the worker."""

    account_id: int | None = None
    role: Role | None = None
    is_system: bool = False

    @property
    def viewer(self) -> Viewer:
        """The circle in which this actor sees events, own registrations aside."""
        if self.is_system or may(self, Permission.EVENT_SEE):
            return Viewer(circle=Circle.TEAM)
        if may(self, Permission.MEMBERS_SEE):
            return Viewer(circle=Circle.MEMBERS)
        return Viewer()


ANONYMOUS = Actor()
SYSTEM = Actor(is_system=True)


def may(actor: Actor, permission: Permission) -> bool:
    """Tell whether an actor has a permission."""
    return actor.is_system or permission in GRANTS[actor.role]


def require(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowed where the actor lacks the permission."""
    if not may(actor, permission):
        raise NotAllowed(permission)
