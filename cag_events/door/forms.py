"""What phones and pages at the door send, and the forms of the desk."""

from datetime import datetime, timedelta

import msgspec
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from cag_events.db import new_row_id
from cag_events.domain.doors import MOST_PEOPLE, Press
from cag_events.domain.errors import N_
from cag_events.door.services import Action
from cag_events.door.services.actions import MOST_AT_ONCE
from cag_events.web.forms import Form, Length, MultiCheckboxField, RadioField, Required, StringField, TextAreaField
from cag_events.web.gate import whole_number

LONGEST_ID = 40
LATEST = 7 * 24 * 3600  # seconds
MOST_TYPED = 400  # lines


class LinkForm(Form):
    """A new link for a phone."""

    occurrence = RadioField(N_("Date"), [Required(N_("Choose the date."))])
    name = StringField(N_("Phone"), [Required(N_("Give the phone a name, as “phone in the foyer”.")), Length(max=100)])


class HelpersForm(Form):
    """Which check-in accounts may open the doors of the event."""

    helpers = MultiCheckboxField(N_("Check-in accounts"))


class TypeInForm(Form):
    """Codes from the list on paper, one a line."""

    codes = TextAreaField(N_("Codes"), [Required(N_("Type at least one code."))])


def choices(pairs: list[tuple[str, str]]) -> list[SelectChoice]:
    """Return choices of value and label."""
    return [SelectChoice(value, label) for value, label in pairs]


class _Sent(msgspec.Struct):
    id: str
    what: Press
    who: str = ""
    people: int | None = None
    segment: str = ""
    undoes: str = ""
    ago: float = 0


_DECODER = msgspec.json.Decoder(list[_Sent])


def read_actions(body: bytes, now: datetime) -> list[Action] | None:
    """Return the presses that a phone sent as JSON, each with how many seconds ago; None for what is no such list."""
    try:
        sent = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if len(sent) > MOST_AT_ONCE or any(not 0 < len(one.id) <= LONGEST_ID for one in sent):
        return None
    if any("\0" in text for one in sent for text in (one.id, one.who, one.segment, one.undoes)):
        return None  # no database keeps it, and one such press would hold up all that come after it
    return [
        Action(
            client_id=one.id,
            what=one.what,
            who=one.who[:200],
            people=one.people,
            segment=one.segment[:100],
            undoes=one.undoes[:LONGEST_ID],
            at=now - timedelta(seconds=min(max(one.ago, 0), LATEST)),
        )
        for one in sent
    ]


def read_press(form: dict[str, str], now: datetime) -> Action | None:
    """Return a press of the page without scripts; None for one that it does not have."""
    what = form.get("what", "")
    if what not in {one.value for one in Press}:
        return None
    text = form.get("people", "")
    number = whole_number(text.removeprefix("-"), 0, most=MOST_PEOPLE)
    return Action(
        client_id=form.get("id", "")[:LONGEST_ID] or new_row_id(),
        what=Press(what),
        who=form.get("who", "")[:200],
        people=(-number if text.startswith("-") else number) or None,
        segment=form.get("segment", "")[:100],
        undoes=form.get("undoes", "")[:LONGEST_ID],
        at=now,
    )


def read_codes(text: str) -> list[str]:
    """Return the codes that were typed, each once, in order; signs between and behind them do not count."""
    words = text.replace(",", " ").replace(";", " ").upper().split()
    return list(dict.fromkeys(words))[:MOST_TYPED]
