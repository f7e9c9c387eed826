"""Messages to clients about their appointments: which are due, what became of each, and why one was not sent."""
