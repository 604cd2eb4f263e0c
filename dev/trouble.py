"""What a developer must read when the machine, not the code, is in the way."""


class MachineError(Exception):
    """Something about this machine stops us; the text says what is missing and what to do about it."""
