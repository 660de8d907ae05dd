"""Trainable networks as PyTorch modules, and what they consist of.

Not here: training loops, losses and optimizers (`fitting`).
"""
