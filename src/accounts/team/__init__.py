"""The team of an organisation: who belongs to it, in which role, and how people join."""
