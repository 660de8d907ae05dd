"""From the figures of the experiments to tables, plots and the page docs/background/gates.md.

Nothing here trains or runs a net: the page can be rebuilt from lab.json alone.
"""
