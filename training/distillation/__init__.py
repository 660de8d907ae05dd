"""Teachers: models whose probabilities label the unlabelled reviews for another network.

Not here: the fit of the network that learns from them (`fitting`).
"""
