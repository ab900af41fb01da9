"""What organizers see first: what needs doing, and the calendar."""
