"""The calculator: from a musician's figures to seconds and a price."""
