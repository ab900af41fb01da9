"""Pages of the registrations room. Each module of views is imported here, so that its pages are known."""

from cag_events.registrations.views import coming, desk, export, member, own, public
from cag_events.registrations.views.blueprint import bp

__all__ = ["bp", "coming", "desk", "export", "member", "own", "public"]
