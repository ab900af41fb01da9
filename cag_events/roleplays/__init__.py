"""Role-play days: groups, wishes, the allocation of roles, and briefs that only their holders read."""
