"""Scripts that train variants of a recipe and compare them.

Run one by `python -m training.studies.NAME` in a checkout, or by
`python -m gatewise.training.studies.NAME` where the package is installed.

Not here: anything that the training pipeline or another part imports.
"""
