"""The secrets of the room: group codes to say aloud, links to a role card, a guardian's page, a debriefing."""

import re
import secrets

from cag_events import keyring

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that are mistaken for each other
_SIGNS = re.compile(r"[^A-Z0-9]+")
CARD, GUARDIAN, DEBRIEFING = "role-card", "guardian", "debriefing"  # purposes


def new_group_code() -> str:
    """Make a group's code, as KT4M-9XPA: 39 bits, and tries are counted."""
    letters = [secrets.choice(_LETTERS) for _ in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def group_code_index(event_id: int, code: str) -> bytes:
    """Return by what a code is found: small letters, spaces and hyphens do not count. It opens one event's group."""
    return keyring.blind_index(f"{event_id} {_SIGNS.sub('', code.upper())}", "group-code")


def link_token(row_id: str, purpose: str) -> str:
    """Return the token of a link to a row: nothing is stored, and it opens nothing else."""
    return f"{row_id}.{keyring.sign(row_id, purpose)}"


def read_link_token(token: str, purpose: str) -> str | None:
    """Return the row id that a link names, None if we did not make it."""
    row_id, _, signature = token.partition(".")
    return row_id if keyring.is_signed(row_id, signature, purpose) else None
