"""The business as it stands, for people with the role: figures, work, money, people, settings."""
