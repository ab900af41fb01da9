"""What the talks room adds to the event's public page and to the page of one's own registration."""

from datetime import datetime
from typing import Any

from flask import url_for

from cag_events.domain.event import EventView
from cag_events.domain.recordings import State
from cag_events.domain.seats import LIVE
from cag_events.events.extensions import Block, OwnVisit
from cag_events.kinds import read_details
from cag_events.talks.queries import find_recording, list_own_questions, question_state

NOT_RECORDED = "never"


def on_page(view: EventView, now: datetime) -> Block | None:
    """Return speakers who may be named, the way to ask, and the published recording; None where there is nothing."""
    values = {
        "speakers": _speakers(view),
        "question": _question(view, now),
        "recording": _recording(view, now),
    }
    return Block("talks/_page.html", values) if any(values.values()) else None


def on_own_page(visit: OwnVisit) -> Block | None:
    """Return the way to ask, for those who are registered."""
    state = question_state(visit.view, visit.now)
    if not state.is_taken or visit.view.neutral or visit.status not in LIVE:
        return None
    return Block(
        "talks/_own.html",
        {
            "url": url_for("talks.own_question", token=visit.token),
            "number": len(list_own_questions(visit.registration_id)),
            "until": state.until,
            "tz": visit.view.tz,
            "is_open": state.is_open,
        },
    )


def _speakers(view: EventView) -> list[dict[str, Any]]:
    """What is told of those whom this view names."""
    talk = getattr(read_details(view.kind, view.details), "lecture", None)
    names = {person.key: person.name for person in view.people}
    return [
        {"name": names[one.who], "pronouns": one.pronouns, "bio": one.bio}
        for one in (talk.speakers if talk is not None else ())
        if one.who in names and (one.bio or one.pronouns)
    ]


def _question(view: EventView, now: datetime) -> dict[str, Any] | None:
    state = question_state(view, now)
    if not state.is_open:
        return None
    return {"url": url_for("talks.question", key=view.key), "until": state.until, "tz": view.tz}


def _recording(view: EventView, now: datetime) -> dict[str, Any] | None:
    """The recording, once it is published; nobody asks before the event has begun."""
    if view.recording == NOT_RECORDED or view.starts_at is None or view.starts_at > now:
        return None
    row = find_recording(view.id)
    if row is None or row.state is not State.PUBLISHED or not row.link:
        return None
    return {
        "link": row.link,
        "minutes": row.minutes,
        "languages": list(row.languages),
        "captions": list(row.captions),
        "transcript": row.has_transcript,
    }
