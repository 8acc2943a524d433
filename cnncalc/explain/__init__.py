"""A layer and its numbers -> the working of every one, as on a blackboard, from rules that record what they do."""
