"""Measurements of a finished model on held-out texts: accuracy, calibration, gates.

Not here: explanations of single predictions (`gatewise.models.explain`), searches (`analysis`).
"""
