"""The score of the reasoning: what the chain makes of runners whose deviating link is known."""
