"""The containers that travel between the rooms; validated when made."""
