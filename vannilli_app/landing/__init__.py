"""The first page: what it is, alive, in one screen."""
