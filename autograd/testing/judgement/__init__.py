"""Whether claimed derivatives agree with measured ones: pass, fail or undecided, for each output along one direction.

``judge`` is the entry point. A claim passes within the error of the measurement and the roundoff of the rule (``roundoff``), or
within Clarke's generalised gradient, sampled near the point (``clarke``).
"""
