"""GradBench on this library: a tool for all of its evals, and a script that compares it with other tools."""
