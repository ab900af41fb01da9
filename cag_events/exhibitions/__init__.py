"""Exhibitions and their tours: productions, stops, crates, and visitors who are counted."""
