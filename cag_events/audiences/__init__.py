"""Whom events are meant for and made with."""
