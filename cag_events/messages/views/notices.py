"""Mails to those who are registered, of one event."""
