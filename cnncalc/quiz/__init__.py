"""A seed and a level -> questions with one answer each, and what becomes of an answer."""
