"""Seats: register, wait, change, withdraw, check in."""
