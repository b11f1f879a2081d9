"""Credits: what a person has, what is set aside for running work, and why."""
