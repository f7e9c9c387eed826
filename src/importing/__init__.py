"""Bringing in what another program knew: clients and appointments."""

from importing.appointments import import_appointments
from importing.clients import import_clients

__all__ = ["import_appointments", "import_clients"]
