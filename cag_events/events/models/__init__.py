"""Tables of the events room."""

from cag_events.events.models.carers import EventCarer
from cag_events.events.models.clocks import ClockChange, ZoneData
from cag_events.events.models.event import (
    Event,
    EventDataKey,
    EventLanguage,
    EventOldKey,
    EventPart,
    EventPartner,
    EventPerson,
    EventRecordRow,
    EventRevision,
    EventSegment,
    EventTheme,
    Occurrence,
)
from cag_events.events.models.passes import EventPass
from cag_events.events.models.periods import Period
from cag_events.events.models.planning import (
    Campaign,
    Checklist,
    ChecklistTick,
    KindWords,
    ProgrammeChange,
    ProgrammeVersion,
    Theme,
)
from cag_events.events.models.venue import Room, Venue, VenueChange, VenueHours

__all__ = [
    "Campaign",
    "Checklist",
    "ChecklistTick",
    "ClockChange",
    "Event",
    "EventCarer",
    "EventDataKey",
    "EventLanguage",
    "EventOldKey",
    "EventPart",
    "EventPartner",
    "EventPass",
    "EventPerson",
    "EventRecordRow",
    "EventRevision",
    "EventSegment",
    "EventTheme",
    "KindWords",
    "Occurrence",
    "Period",
    "ProgrammeChange",
    "ProgrammeVersion",
    "Room",
    "Theme",
    "Venue",
    "VenueChange",
    "VenueHours",
    "ZoneData",
]
