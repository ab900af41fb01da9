"""Forms of the registrations room."""

from cag_events.registrations.forms.register import (
    CodeForm,
    DeskForm,
    LostForm,
    OwnForm,
    RegisterForm,
    desk_form,
    obstacle_of,
    own_form,
    register_form,
    tell_seats,
)

__all__ = [
    "CodeForm",
    "DeskForm",
    "LostForm",
    "OwnForm",
    "RegisterForm",
    "desk_form",
    "obstacle_of",
    "own_form",
    "register_form",
    "tell_seats",
]
