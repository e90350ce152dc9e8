"""What a run costs, beside a plain script and the peers. ``python -m benchmarks --help``."""
