"""The nets of the lab: architectures, data, synthetic tasks and training runs.

What is measured on the trained nets belongs to `lab.experiments`.
"""
