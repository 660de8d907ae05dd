"""Settings of every test."""

from hypothesis import settings

# The same examples every time, and no deadline: a slow machine or a lucky draw is no failure.
settings.register_profile("gatewise", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("gatewise")
