"""Promises: appointments, requests and holds."""
