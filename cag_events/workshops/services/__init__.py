"""Use cases of the workshops room."""

from cag_events.workshops.services.choosing import Verdict, choose
from cag_events.workshops.services.coming import answer, ask_all, free_seat
from cag_events.workshops.services.deciding import call_off, go_ahead
from cag_events.workshops.services.timed import do_timed

__all__ = ["Verdict", "answer", "ask_all", "call_off", "choose", "do_timed", "free_seat", "go_ahead"]
