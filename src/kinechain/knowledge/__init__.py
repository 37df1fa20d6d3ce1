"""Knowledge: rows of measured and published facts, each with its source; no fact stands in code."""
