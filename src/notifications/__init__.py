"""Messages to people: which, to whom, through what, and what became of each."""
