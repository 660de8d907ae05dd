"""Tests of the service through HTTP, and of the queue and the model by themselves."""
