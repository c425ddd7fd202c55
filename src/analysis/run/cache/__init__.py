"""What a result was made of: is it still good, and if not, what has changed.

Each step of a production (the data, a chapter,
the book) leaves a record beside its results: the digest of everything that it depends on, and of
everything that it wrote. The result is kept as long as both hold; the times of files say nothing.
``shelf`` keeps the records, ``inputs`` names what a step depends on, ``locking`` keeps two runs
apart.
"""

from analysis.run.cache.dependencies import (
    describe_code,
    describe_file,
    describe_files,
    describe_surroundings,
    find_modules,
)
from analysis.run.cache.step_records import Record, Shelf, digest_outputs

__all__ = [
    "Record",
    "Shelf",
    "describe_code",
    "describe_file",
    "describe_files",
    "describe_surroundings",
    "digest_outputs",
    "find_modules",
]
