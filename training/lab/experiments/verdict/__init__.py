"""Experiments on a verdict that contradicts the plot before it (C9): texts, interventions, effects.

Not here: what is left of an opening (`memory`), and how findings are reported (`lab.report`).
"""
