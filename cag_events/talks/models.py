"""Tables of the talks room."""
