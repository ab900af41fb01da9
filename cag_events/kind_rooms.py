"""The rooms that serve kinds of events, all of them: what each adds to pages, files and daily work of others."""

from cag_events.conferences.extension import EXTENSION as CONFERENCES
from cag_events.exhibitions.extension import EXTENSION as EXHIBITIONS
from cag_events.hearings.extension import EXTENSION as HEARINGS
from cag_events.roleplays.extension import EXTENSION as ROLEPLAYS
from cag_events.studies.extension import EXTENSION as STUDIES
from cag_events.talks.extension import EXTENSION as TALKS
from cag_events.workshops.extension import EXTENSION as WORKSHOPS

EXTENSIONS = (CONFERENCES, EXHIBITIONS, HEARINGS, ROLEPLAYS, STUDIES, TALKS, WORKSHOPS)
