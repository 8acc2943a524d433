"""A spec and a grid of sizes and settings -> rows of totals, from closed forms where these exist."""
