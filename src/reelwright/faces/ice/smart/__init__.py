"""Smart jobs: one family that is submitted by many operations and told of by one.

Each type of job is a `Kind` (`kinds`), declared in a module of its own beside its wire
codecs; `jobs` has the table of them, and the operations that are the same for all.
"""
