"""Pages of people who sign in."""

from cag_events.accounts.views import own, people, signing
from cag_events.accounts.views.blueprint import bp

__all__ = ["bp", "own", "people", "signing"]
