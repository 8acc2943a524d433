"""A question about a layer or a network -> its Answer: the sizes and settings that give the number wanted."""
