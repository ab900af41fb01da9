"""Workshops: go or no-go, balance of those selected, and who still comes."""
