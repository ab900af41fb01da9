"""Use cases of the workshops room."""

from cag_events.workshops.services.choosing import Verdict, choose
from cag_events.workshops.services.deciding import call_off, go_ahead
from cag_events.workshops.services.timed import do_timed

__all__ = ["Verdict", "call_off", "choose", "do_timed", "go_ahead"]
