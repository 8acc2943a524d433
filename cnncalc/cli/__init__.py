"""Arguments -> a call of the library and its result printed: one file per command."""

from cnncalc.cli.main import main

__all__ = ["main"]
