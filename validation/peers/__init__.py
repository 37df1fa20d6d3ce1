"""Other open tools beside the product: the same clips, the same landmarks, the same truth."""
