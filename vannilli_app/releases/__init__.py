"""Releases: what an artist needs of a finished video to put it out, made on demand."""
