"""Views of the door room."""

from cag_events.door.views import desk, helper, machine, paper, phone
from cag_events.door.views.blueprint import bp

__all__ = ["bp", "desk", "helper", "machine", "paper", "phone"]
