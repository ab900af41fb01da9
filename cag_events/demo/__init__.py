"""The demo programme and what loads it."""
