"""The room's pages: of visitors, of those with a link, of the team."""

from cag_events.hearings.views import commitments, holders, public, record, speakers, submissions
from cag_events.hearings.views.blueprint import bp

__all__ = ["bp", "commitments", "holders", "public", "record", "speakers", "submissions"]
