"""Views anyone may read and nobody decides from; each can be emptied and rebuilt from the log."""
