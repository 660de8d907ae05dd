"""Fits of networks: the resumable training loop, losses, schedules and checkpoints.

Not here: the order in which a run fits what (`gatewise.training.training_stages`).
"""
