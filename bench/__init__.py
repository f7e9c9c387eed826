"""Benchmarks: each prints JSON lines, its limit measured in the same run on the same server."""
