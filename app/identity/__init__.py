"""Who somebody is and what he may: sign-in, sessions, users, grants, permissions."""

from app.identity.holders import holders
from app.identity.permissions import TABLE, Permission, Reach, scope_of
from app.identity.phones import has_phone, masked_phone, phone_of, sealed_phone
from app.identity.sign_in import (
    HASHER,
    WrongCredentialsError,
    actor_of,
    forget_old_sessions,
    sign_in,
    sign_out,
)
from app.identity.users import (
    GrantSpanError,
    NewGrant,
    NewUser,
    OwnGrantError,
    PhoneTakenError,
    RolesExcludeError,
    end_grant,
    grant,
    make_user,
    user_in_scope,
    users,
)
from app.models import User

__all__ = [
    "HASHER",
    "TABLE",
    "GrantSpanError",
    "NewGrant",
    "NewUser",
    "OwnGrantError",
    "Permission",
    "PhoneTakenError",
    "Reach",
    "RolesExcludeError",
    "User",
    "WrongCredentialsError",
    "actor_of",
    "end_grant",
    "forget_old_sessions",
    "grant",
    "has_phone",
    "holders",
    "make_user",
    "masked_phone",
    "phone_of",
    "scope_of",
    "sealed_phone",
    "sign_in",
    "sign_out",
    "user_in_scope",
    "users",
]
