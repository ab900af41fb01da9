"""cag_events: an NGO plans its events, reaches the audiences they are meant for, and shows what they changed."""

__version__ = "0.1.0"
