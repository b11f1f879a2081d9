"""What people agree to, and what becomes of what they give us, in plain words."""
