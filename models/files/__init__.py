"""Tables in files of every format, and their columns, read strictly: nothing is guessed silently.

Needs the extra `files`. Not here: labels and named data sets (`training.data`), and what becomes of
the rows.
"""
