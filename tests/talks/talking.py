"""Talks for tests, with dull defaults."""

from typing import Any

from flask import Flask

from cag_events.db import db, transaction
from cag_events.domain.event import Mode
from cag_events.events import records
from cag_events.events.models import Event
from cag_events.permissions import ANONYMOUS, Actor, Role
from cag_events.registrations import services as registrations
from cag_events.registrations.codes import join_token
from cag_events.registrations.models import Registration
from cag_events.registrations.services import NewRegistration
from tests.factories import make_account

ROOM = "https://zzkanarie.example.org/room/4711"
LECTURE = {"lecture": {"questions": "both"}}
FILM = {"title": {"en": "The stream"}, "minutes": 60}


def organizer() -> Actor:
    """An organizer who is signed in."""
    return Actor(account_id=make_account(Role.ORGANIZER).id, role=Role.ORGANIZER)


def editor() -> Actor:
    """An editor, who publishes nothing and sees no names."""
    return Actor(account_id=make_account(Role.EDITOR).id, role=Role.EDITOR)


def film(**licence: Any) -> dict[str, Any]:
    """Details of a screening under a licence."""
    return {"film": {**FILM, "licence": {"holder": "Exempelfilm", **licence}}}


def set_room(app: Flask, event_id: int, url: str = ROOM) -> None:
    """Give an event its online room."""
    with app.app_context(), transaction():
        db.session.get_one(Event, event_id).online_url = url
        db.session.flush()
        records.refresh([event_id])


def register(app: Flask, event_id: int, name: str = "Nora", mode: Mode | None = None) -> tuple[str, str, int]:
    """Register somebody; returns the token of the manage link, that of the join link, and the row's id."""
    with app.app_context():
        made = registrations.register(event_id, NewRegistration(name=name, email=None, mode=mode), by=ANONYMOUS)
        row = db.session.get_one(Registration, made.registration_id)
        return str(made.token), join_token(row.row_id), row.id
