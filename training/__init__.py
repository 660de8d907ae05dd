"""Training of models: data, networks, fits, evaluation, export, and studies of the results."""
