"""Networks in the formats of other programs, and the facts that are known of public ones."""
