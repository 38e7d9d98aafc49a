"""Benchmarks: ours against a named peer and the limit, in turns in one run, as a ratio."""
