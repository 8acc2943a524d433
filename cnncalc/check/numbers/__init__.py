"""Printed numbers: how people write them, and what they mean."""
