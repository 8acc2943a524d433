"""Table files and sheets of answers, YAML or CSV -> claims."""
