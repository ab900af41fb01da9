"""Tables of the hearings room."""
