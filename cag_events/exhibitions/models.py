"""Tables of the exhibitions room."""
