"""Use cases of the messages room."""
