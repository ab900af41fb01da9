"""Reads of the messages room."""
