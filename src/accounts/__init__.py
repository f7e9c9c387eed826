"""Organisations, their places and their members: who may enter."""
