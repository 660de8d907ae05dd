"""The lab: what the seed texts say about GRU gates, tested on nets trained for it.

`python -m training lab --out DIR` trains the nets, runs the experiments and writes a report.
"""
