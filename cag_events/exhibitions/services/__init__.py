"""What the exhibitions room does: productions and tours, crates, condition notes, visitors, hours of venues."""
