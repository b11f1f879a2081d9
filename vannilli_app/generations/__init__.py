"""A video being made: from the start button to the delivered file."""
