"""The accuracy of every number: the product's results on clips with known truth, compared, summed up and written down."""
