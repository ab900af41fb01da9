"""Tables of the workshops room."""
