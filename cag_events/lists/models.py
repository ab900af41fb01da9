"""Tables of the lists room."""
