"""What codes mean that no DomainError carries: HTTP's own, and faults."""

OF_THE_EDGE = {
    "bad_request": "The request cannot be read.",
    "method_not_allowed": "The address does not take this method; `Allow` names those it takes.",
    "timeout": "The body did not arrive in time.",
    "too_large": "The body is larger than the address takes.",
    "unsupported_media_type": "The body is of a type that the address does not take.",
    "invalid": "Fields are wrong; `errors` says which, and what is wrong with each.",
    "unreadable": "A sealed value that this needs does not open; nothing was stored. The log says where.",
    "internal": "A fault of ours; nothing was stored. The log has it under the `request_id`.",
    "database_away": "The database cannot be reached; send the same again later.",
}
