"""The mails of the messages room: each reacts to a fact, later, and queues at most one message for it."""
