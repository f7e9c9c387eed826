"""Support access: somebody of whoever runs the installation looks into a house, seen by the house."""
