"""A network and several conventions -> what each counts, and the items that make up every difference."""
