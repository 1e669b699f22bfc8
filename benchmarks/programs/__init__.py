"""The programs that the benchmarks time, in several libraries."""
