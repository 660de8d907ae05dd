"""Turns a trained network into an artifact: export and model card.

Not here: the format of the files (`gatewise.models.artifact`).
"""
