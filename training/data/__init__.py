"""Texts for training: where they come from, how they are split, encoded and batched.

Not here: the tokenizer itself (`gatewise.models.tokenizer`).
"""
