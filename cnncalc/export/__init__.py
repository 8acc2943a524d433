"""Graph -> text of a format that other programs, or cnncalc itself, read."""
