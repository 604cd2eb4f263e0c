"""The scheduler's own process and its jobs, each under a lock and safe to repeat."""
