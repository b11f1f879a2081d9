"""Every component in every state, on one page for those who build the others. Development only."""
