"""Events, occurrences, venues: plan, publish, postpone, cancel."""
