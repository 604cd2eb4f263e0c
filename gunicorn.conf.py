"""How gunicorn serves the application, in production and under `make run`: `gunicorn wsgi:app`.

What a machine may want otherwise comes from the environment: GONGDI_BIND, GONGDI_WORKERS, GONGDI_THREADS, and
gunicorn's own FORWARDED_ALLOW_IPS (reverse proxies whose word on the scheme is believed).
"""

import os

from app.threads import threads_asked


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


bind = os.environ.get("GONGDI_BIND", "127.0.0.1:8000")

# Threads suit requests that wait for the database; sync workers would drop keep-alive.
worker_class = "gthread"
workers = int(os.environ.get("GONGDI_WORKERS") or _cores())
threads = int(threads_asked(os.environ))

timeout = 60  # a worker whose loop does not stir for so many seconds is replaced
graceful_timeout = 30  # seconds for running requests to end on a stop or a reload
keepalive = 75  # seconds; longer than the proxy keeps its side, so that the proxy closes first

# No worker is replaced for its age: nothing here leaks, and a replacement costs its warm connections.
max_requests = 0

# Workers touch a file to show that they live: in memory, or else a slow disk would look like a dead worker.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  # files there are anonymous

forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS") or "127.0.0.1,::1"
control_socket_disable = True  # it would lie in the home folder, shared by every instance of one user

# The application logs one line an event, with the request's id; gunicorn adds its own troubles.
accesslog = None
errorlog = "-"
