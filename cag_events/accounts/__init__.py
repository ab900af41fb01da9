"""People who sign in, their roles, and the organisation they work for."""
