"""Taking client files out of the house: CSV, Excel, XML, vCard."""

from exporting.clients import FORMATS, Export, export_clients

__all__ = ["FORMATS", "Export", "export_clients"]
