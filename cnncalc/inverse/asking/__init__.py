"""Inverse questions in words: what they say, of one layer or of a network, and their answers."""
