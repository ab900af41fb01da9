"""Reads of the exhibitions room."""
