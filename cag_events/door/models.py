"""Tables of the door room."""
