"""Texts in any format -> the rows of their tables, each cell with its place; what they mean is decided elsewhere."""
