"""An operation and a small matrix -> every number of the output, exactly, with its working."""
