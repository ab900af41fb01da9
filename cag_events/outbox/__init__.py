"""What happened and must be followed up, and the mails that go out: kept in the same transaction as the change."""

from cag_events.outbox.facts import note

__all__ = ["note"]
