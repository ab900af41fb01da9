"""What those who are registered are told of themselves: changes with a hold, reminders, thanks, still coming?"""
