"""Analysis -> text: one neutral set of rows and columns, and a small renderer for every format."""
