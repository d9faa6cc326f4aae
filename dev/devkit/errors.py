"""The failures that a person at the terminal has to read."""


class Failure(Exception):
    """What went wrong and what to do about it, in one sentence.

    It ends the command with that sentence and exit code 1; whatever raises it has
    left nothing half done behind.
    """
