"""When somebody else was at the same records at the same time."""

from psycopg2 import errors

# What a job tries again later, where others are at work in the same rows.
CONCURRENCY_ERRORS = (
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    errors.SerializationFailure,
)
