"""Scripts that train variants of a recipe and compare them: `python -m training.studies.NAME`.

Not here: anything that the training pipeline or another part imports.
"""
