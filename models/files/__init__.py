"""Tables in files of every format, and their columns, read strictly: nothing is guessed silently.

Not here: labels and named data sets (`training.data`), and what becomes of the rows.
"""
