"""Awareness campaigns: who pays for them and what they count."""
