"""Tables of the replies room."""
