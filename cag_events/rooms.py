"""The rooms that add to pages, files and daily work of others, all of them: those that serve every event, and kinds."""

from cag_events.conferences.extension import EXTENSION as CONFERENCES
from cag_events.door.extension import EXTENSION as DOOR
from cag_events.exhibitions.extension import EXTENSION as EXHIBITIONS
from cag_events.feeds.extension import EXTENSION as FEEDS
from cag_events.hearings.extension import EXTENSION as HEARINGS
from cag_events.lists.extension import EXTENSION as LISTS
from cag_events.messages.extension import EXTENSION as MESSAGES
from cag_events.registrations.extension import EXTENSION as REGISTRATIONS
from cag_events.replies.extension import EXTENSION as REPLIES
from cag_events.roleplays.extension import EXTENSION as ROLEPLAYS
from cag_events.studies.extension import EXTENSION as STUDIES
from cag_events.talks.extension import EXTENSION as TALKS
from cag_events.workshops.extension import EXTENSION as WORKSHOPS

OF_EVERY_EVENT = (FEEDS, REGISTRATIONS, LISTS, MESSAGES, REPLIES, DOOR)
OF_KINDS = (CONFERENCES, EXHIBITIONS, HEARINGS, ROLEPLAYS, STUDIES, TALKS, WORKSHOPS)
EXTENSIONS = (*OF_EVERY_EVENT, *OF_KINDS)
