"""Lists of those who come, to take along: spreadsheets, badges, signs, the kitchen, the guarded door."""
