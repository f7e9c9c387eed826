"""Messages to clients; nothing sends any yet."""
