"""A network with symbols, and what is assumed of them -> closed forms, and where they hold."""
