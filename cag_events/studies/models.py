"""Tables of the studies room."""
