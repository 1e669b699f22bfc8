"""The compiler: a traced program becomes a few lines of NumPy.

``ir`` holds the two forms of a program; ``frontend`` traces; ``passes`` rewrite; ``codegen`` writes source; ``specialization``
makes one traced graph run; ``runtime`` holds the compiled functions that users call.
"""
