"""Tests of the door room."""
