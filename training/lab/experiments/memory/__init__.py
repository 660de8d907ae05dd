"""Experiments on an opening before a long plot (C10, C10b): texts, runs, and paths of memory.

Not here: how findings are reported (`lab.report`).
"""
