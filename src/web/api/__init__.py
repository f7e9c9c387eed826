"""The programming face: what the pages can do, as JSON over HTTP under /api/v1."""
