"""Exercises: which of them this runner needs, and when none may be given."""
