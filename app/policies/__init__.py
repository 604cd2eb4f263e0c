"""Policy switches of communities: off unless two people answered for turning one on."""

from app.models import PolicyChange, PolicySwitch
from app.policies.missing import with_missing
from app.policies.switches import (
    IN_EFFECT,
    NewSwitch,
    NoEffectError,
    ShownChange,
    changes,
    is_on,
    standing,
    turn_off,
    turn_on,
)

__all__ = [
    "IN_EFFECT",
    "NewSwitch",
    "NoEffectError",
    "PolicyChange",
    "PolicySwitch",
    "ShownChange",
    "changes",
    "is_on",
    "standing",
    "turn_off",
    "turn_on",
    "with_missing",
]
