"""Hearings: speaking slots, written submissions, the record, and commitments."""
