"""Compiled matrix products and loops over NumPy arrays, tested against plain NumPy and PyTorch.

Not here: anything that depends on words, texts or files.
"""
