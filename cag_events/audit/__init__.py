"""Who looked at, took along or changed what: a log that only grows, each entry chained to the one before."""
