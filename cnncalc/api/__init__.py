"""The library: a function for everything that the command line does, in a line or two."""
