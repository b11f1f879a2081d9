"""Reading back what finished videos say of their making."""
