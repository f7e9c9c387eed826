"""Beginning: a house with what its trade usually offers, people who join it, and what is left to set up."""
