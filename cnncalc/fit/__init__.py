"""A spec -> the input sizes that pass through every layer with no pixel dropped."""
