"""What can go wrong, as a code and data; knows no HTTP and no language."""

from enum import StrEnum
from typing import Any, ClassVar


class Kind(StrEnum):
    """The family of a refusal, which an edge turns into its own status."""

    BAD_REQUEST = "bad_request"
    INVALID = "invalid"
    UNKNOWN_PERSON = "unknown_person"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    GONE = "gone"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"
    """What is missing comes back by itself: whoever waits may try again."""
    NOT_SET_UP = "not_set_up"
    """Whoever runs the installation must see to it first; no waiting helps."""


class DomainError(Exception):
    """A refusal somebody can act on: a stable code, and the data that explains it.

    ``field`` among the data names the input field at fault. Every subclass that is raised
    has a ``code`` of its own, and every code has its Chinese sentence in ``app.api.http.sentences``.
    """

    code: ClassVar[str]
    kind: ClassVar[Kind]

    def __init__(self, **data: Any) -> None:
        super().__init__(self.code, data)
        self.data = data


class NotFoundError(DomainError):
    """The thing is not there, or not in the actor's scope: both read the same."""

    code = "not_found"
    kind = Kind.NOT_FOUND


class ForbiddenError(DomainError):
    """The function is not the actor's."""

    code = "forbidden"
    kind = Kind.FORBIDDEN


class ResidentMergedError(DomainError):
    """The resident was entered twice; all that is of him stands at the one who stays."""

    code = "resident_merged"
    kind = Kind.CONFLICT


class OtherContentError(DomainError):
    """The id was used before, for other content or by somebody else."""

    code = "other_content"
    kind = Kind.CONFLICT


class IllegalStepError(DomainError):
    """The thing's present state does not allow this step (data: ``now``, ``asked``)."""

    code = "illegal_step"
    kind = Kind.CONFLICT
