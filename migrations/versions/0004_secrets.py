"""What stood with an event and is secret now goes into tables of its own, sealed; records are written anew.

Briefs of roles and the telephone number of an online room were among an event's details, in its record and in each of
its saved versions. What they are now is kept; elsewhere they are taken out. Records that this program would write
otherwise are deleted: `events.catching_up.write_missing()` writes them once it runs.
"""

import json
import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

from cag_events import clock, keyring

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Details = dict[str, Any]

EVENT = sa.table(
    "event", sa.column("id"), sa.column("kind"), sa.column("details", sa.JSON), sa.column("parked", sa.JSON)
)
REVISION = sa.table("event_revision", sa.column("id"), sa.column("snapshot", sa.JSON))
RECORD = sa.table("event_record")
BRIEF = sa.table(
    "role_brief",
    *(sa.column(name) for name in ("row_id", "event_id", "place", "texts_sealed")),
    sa.column("changed_at", sa.DateTime(timezone=True)),
)
DIAL_IN = sa.table("dial_in", *(sa.column(name) for name in ("row_id", "event_id", "number_sealed")))


def upgrade() -> None:
    """Apply."""
    connection = op.get_bind()
    columns = (EVENT.c.id, EVENT.c.details, EVENT.c.parked)
    for event_id, details, parked in connection.execute(sa.select(*columns).where(_may_hold(*columns[1:]))).all():
        briefs: dict[str, Details] = {}
        number = ""
        for one in (*parked.values(), details):  # what the event is now comes last, and wins
            given, own_number = _take_out(one)
            briefs |= given
            number = own_number or number
        for place, texts in briefs.items():
            connection.execute(sa.insert(BRIEF).values(event_id=event_id, place=place, **_sealed_texts(texts)))
        if number:
            connection.execute(sa.insert(DIAL_IN).values(event_id=event_id, **_sealed_number(number)))
        connection.execute(sa.update(EVENT).where(EVENT.c.id == event_id).values(details=details, parked=parked))
    for row_id in connection.scalars(sa.select(REVISION.c.id).where(_may_hold(REVISION.c.snapshot))).all():
        snapshot = connection.scalar(sa.select(REVISION.c.snapshot).where(REVISION.c.id == row_id))
        _take_out(snapshot.get("details"))
        connection.execute(sa.update(REVISION).where(REVISION.c.id == row_id).values(snapshot=snapshot))
    connection.execute(sa.delete(RECORD))


def downgrade() -> None:
    """Leave what was moved where it is; the copy made before the upgrade has it in its old place."""


def _may_hold(*columns: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    texts = [sa.cast(column, sa.Text) for column in columns]
    return sa.or_(*(text.like(f'%"{name}"%') for text in texts for name in ("brief", "dial_in")))


def _take_out(details: Any) -> tuple[dict[str, Details], str]:
    """Take briefs, by place, and the telephone number out of an event's details."""
    if not isinstance(details, dict):
        return {}, ""
    roles = (details.get("roleplay") or {}).get("roles") or []
    taken = {f"role:{role.get('key') or number}": role.pop("brief", None) for number, role in enumerate(roles)}
    return {place: texts for place, texts in taken.items() if texts}, (details.get("webinar") or {}).pop("dial_in", "")


def _sealed_texts(texts: Details) -> dict[str, Any]:
    row_id = secrets.token_urlsafe(16)
    plain = json.dumps(texts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    sealed = keyring.seal(plain, f"role_brief:texts:{row_id}")
    return {"row_id": row_id, "texts_sealed": sealed, "changed_at": clock.now()}


def _sealed_number(number: str) -> dict[str, Any]:
    row_id = secrets.token_urlsafe(16)
    return {"row_id": row_id, "number_sealed": keyring.seal(number, f"dial_in:number:{row_id}")}
