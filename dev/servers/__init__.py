"""The servers a developer's machine and the tests need, from wheels: PostgreSQL and Valkey."""

from dev.servers.account import forget
from dev.servers.cache import start_valkey, valkey
from dev.servers.child import Child, start, wait_until
from dev.servers.cluster import ensure_database, libpq_url, postgres, start_postgres
from dev.servers.scratch import Servers, scratch, scratch_servers, servers_for_tests
from dev.servers.server import Server

__all__ = [
    "Child",
    "Server",
    "Servers",
    "ensure_database",
    "forget",
    "libpq_url",
    "postgres",
    "scratch",
    "scratch_servers",
    "servers_for_tests",
    "start",
    "start_postgres",
    "start_valkey",
    "valkey",
    "wait_until",
]
