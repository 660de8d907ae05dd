"""What a forward pass says about its prediction: attribution, decomposition, interventions.

Not here: running the network (`gru`), and how an explanation is sent or displayed (`service`).
"""
