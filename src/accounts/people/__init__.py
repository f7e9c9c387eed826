"""People: who they are, by what means they prove it, and where they are signed in."""
