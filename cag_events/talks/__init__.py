"""Lectures, webinars and screenings: questions in advance, heads counted, recordings and reports."""
