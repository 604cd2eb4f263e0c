"""A developer's machine: virtual environment, servers, `make run` and `make test`. Never imported by app/."""
