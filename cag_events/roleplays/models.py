"""Tables of the roleplays room."""
