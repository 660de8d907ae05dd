"""Analyses of a finished model over many texts: search, unit index, comparison of explanations.

Not here: the measurements made at every export (`evaluation`).
"""
