"""Answers that calendars send to invitations: read from a mailbox or from standard input."""
