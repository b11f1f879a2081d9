"""Projects: the section, its look, and the files that a person brings."""
