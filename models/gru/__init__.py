"""The GRU: readable reference equations, the compiled recurrence, and the trace of a pass.

Not here: what a pass means for the prediction (`explain`), tokenizing text, reading files.
"""
