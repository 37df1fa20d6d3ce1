"""Frames → pose Dataset: estimators behind one Protocol, repair of what they get wrong, files for other tools."""
