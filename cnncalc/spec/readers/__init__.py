"""Text -> Spec with spans: a reader for every format that a network is written in."""
