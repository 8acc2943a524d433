"""Text -> validated Spec: from YAML or slide notation, with the place of everything kept."""
