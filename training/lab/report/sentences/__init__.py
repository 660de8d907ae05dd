"""Sentences of the page, each with the condition on the figures that makes it true.

Not here: the prose itself (`gates.template.md`), and tables and charts (`lab.report`).
"""
