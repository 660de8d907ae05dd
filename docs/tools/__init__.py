"""Fills figures, outputs and reference pages into the documentation.

It reads `docs/figures/`, the released models and the package itself, and returns Markdown. No prose
is written here. mkdocs calls it through `macros.py`; `fill.py` fills README and CONTRIBUTING.
"""
