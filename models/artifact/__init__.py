"""A trained model as a directory: where it is found, what its files contain, and that they agree.

No arithmetic of the network is here; it is in `models/gru`.
"""
