"""Subscriptions to calendars, and the filters that all lists share."""
