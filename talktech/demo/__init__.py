"""A believable company, to see the product with: loaded into an empty database only."""
