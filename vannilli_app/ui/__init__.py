"""What pages are made of: dumb components, and wrappers of those that run in the browser (`browser/`)."""
