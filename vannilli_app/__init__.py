"""Vannilli: music videos in a musician's terms."""

__version__ = "0.1.0"
