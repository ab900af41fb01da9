"""Study circles: attendance by meeting, study hours, and the terms of funding."""
