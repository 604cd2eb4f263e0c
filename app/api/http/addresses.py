"""Under which address a request counts.

One subscriber has a whole /64 of IPv6 and takes another address of it whenever he likes (RFC 6177, 8981),
so all of it counts as one. An address of IPv4 is the same when a socket of both versions writes it as IPv6.
"""

from ipaddress import AddressValueError, IPv6Address, IPv6Network

from flask import request

_OF_ONE = 64
"""Bits of IPv6 that tell subscribers apart."""
_LOCAL = "127.0.0.1"
"""Of a caller at a socket file, which has no address."""


def asking_address() -> str:
    """Give what the running request counts under, wherever a limit goes by address."""
    return counted_as(request.remote_addr or _LOCAL)


def counted_as(address: str) -> str:
    """Give the address of IPv4, or the network of IPv6; what is neither counts as it stands."""
    if ":" not in address:
        return address
    try:
        found = IPv6Address(address)
    except AddressValueError:
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), _OF_ONE), strict=False))
