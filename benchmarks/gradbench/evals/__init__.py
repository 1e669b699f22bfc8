"""The functions of GradBench's evals, one module for each eval, with GradBench's names."""
