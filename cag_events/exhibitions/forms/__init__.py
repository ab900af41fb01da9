"""Forms of the exhibitions room."""
