"""Wanted numbers -> the sizes and settings that give them: fits and inverse questions."""
