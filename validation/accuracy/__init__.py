"""The accuracy of every number: what the product says of clips with known truth, compared and summed up."""
