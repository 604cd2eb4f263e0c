"""Who somebody is and what he may: sign-in, sessions, users, grants, permissions."""

from app.identity.checks import ReauthRequiredError, SecondFactorNeededError, is_checked
from app.identity.holders import holders
from app.identity.permissions import TABLE, Permission, Reach, roles_for, scope_of
from app.identity.phones import has_phone, masked_phone, phone_of, sealed_phone
from app.identity.reveals import RevealLimitError, reveal
from app.identity.sessions import (
    Opened,
    SessionSupersededError,
    actor_of,
    end_session,
    forget_old_sessions,
    saw,
)
from app.identity.sign_in import HASHER, WrongCredentialsError, sign_in
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
from app.models import RevealField, SessionKind, User

__all__ = [
    "HASHER",
    "TABLE",
    "GrantSpanError",
    "NewGrant",
    "NewUser",
    "Opened",
    "OwnGrantError",
    "Permission",
    "PhoneTakenError",
    "Reach",
    "ReauthRequiredError",
    "RevealField",
    "RevealLimitError",
    "RolesExcludeError",
    "SecondFactorNeededError",
    "SessionKind",
    "SessionSupersededError",
    "User",
    "WrongCredentialsError",
    "actor_of",
    "end_grant",
    "end_session",
    "forget_old_sessions",
    "grant",
    "has_phone",
    "holders",
    "is_checked",
    "make_user",
    "masked_phone",
    "phone_of",
    "reveal",
    "roles_for",
    "saw",
    "scope_of",
    "sealed_phone",
    "sign_in",
    "user_in_scope",
    "users",
]
