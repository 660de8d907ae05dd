"""Measurements of speed, memory and stability, each a command of its own.

They print a table and, with `--json FILE`, write their figures for the documentation. They import
`gatewise`, never `tests`. Run them on a machine that does nothing else at the time.
"""
