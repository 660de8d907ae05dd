"""How far numbers of the service may be from those of a network whose states are not rounded."""

# A model of 8-bit weights is served with states that are rounded to 16 bits for its products. The
# logit moves by less than this, and so do sums of attributions, which are computed in float32.
STATE_ROUNDING = 5e-4
