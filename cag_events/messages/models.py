"""Tables of the messages room."""
