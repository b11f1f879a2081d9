"""What a person agrees to, and what becomes of their data, in plain words. Every number is the code's own."""
