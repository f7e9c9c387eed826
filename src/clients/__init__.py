"""Who comes: the files of clients, erasable and by version."""
