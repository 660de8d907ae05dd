"""What a caller may pass to a predictor: iterables of texts with gaps, and data frames.

Not here: HTTP, files (`models.files`).
"""
