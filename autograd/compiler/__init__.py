"""The compiler: a traced program becomes a few lines of NumPy.

``ir`` holds the two forms of a program; ``frontend`` traces; ``passes`` rewrite; ``codegen`` writes source; ``runtime`` is what
users hold.
"""
