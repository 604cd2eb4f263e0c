"""What is printed with a code, on a poster or a sheet."""

from dataclasses import dataclass

HOW_TO = "扫一扫，报隐患、看公示"


@dataclass(frozen=True, slots=True)
class Label:
    """A place's code as people see it."""

    url: str
    name: str
    """Of the place."""
    note: str
    """Where it is: its community or address; may be empty."""
    number: str
    """Short, to tell somebody on the phone which code it is."""
