"""The pages of the documentation, the figures they quote, and the tools that combine them."""
