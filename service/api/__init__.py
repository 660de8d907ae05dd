"""The endpoints, one file each, and what they have in common.

The layers, high to low: one module per endpoint > inference > explanation > schemas > examples.
Queues and models belong to `engine`; what applies to every request belongs to `http`.
"""
