"""Which sizes of the input fit a network: exactly, as congruences, and which layer is to blame."""
