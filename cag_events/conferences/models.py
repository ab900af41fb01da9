"""Tables of the conferences room."""
