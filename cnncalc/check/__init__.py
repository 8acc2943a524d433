"""Published tables and homework answers -> claims, and a verdict on each."""
