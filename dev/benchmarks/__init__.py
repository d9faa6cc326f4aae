"""What `make bench` measures; runs inside Odoo, in a database made for it.

A benchmark is a module with a subclass of :class:`benchmark.Benchmark`; the command
line knows those in ``BENCHMARKS`` of ``__main__``.
"""
