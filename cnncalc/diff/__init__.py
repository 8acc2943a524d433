"""Two networks -> which layers differ, in what, and by how much."""
