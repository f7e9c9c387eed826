"""The only package that knows every other: wiring, embedded services, the command line."""
