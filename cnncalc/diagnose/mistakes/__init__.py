"""The catalogue of mistakes, a file a family; each module enters its own."""
