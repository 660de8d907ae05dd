"""The product of 8-bit weights with rounded states: as tiles, four columns at a time, or two.

`matmul` chooses among them, `layer` packs the weights.
"""
