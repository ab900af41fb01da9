"""Conferences: the programme's versions, seats of programme items, and a visitor's own programme."""
