"""A wrong number -> the mistakes that give exactly that number, found by recomputing."""
