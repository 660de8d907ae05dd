"""Measurements: run by hand, on a machine with nothing else to do."""
