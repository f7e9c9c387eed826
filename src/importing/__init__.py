"""Bringing in what another program knew: clients and appointments. Imports nothing: a child process begins here."""
