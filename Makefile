# Two targets are all a newcomer needs: `make run` and `make test`. `make help` lists the rest.
# Each target brings the virtual environment up to the lock first, which costs milliseconds once it is there.

.DEFAULT_GOAL := help
.NOTPARALLEL:
SHELL := /bin/sh

VENV := $(or $(GONGDI_VENV),.venv)
PY := '$(VENV)/bin/python'
ARGS ?=
YES ?=
PORT ?=
PHONE ?=
UPGRADE ?=
NAMES ?=

# The Python that makes the environment: PYTHON, or the first that is new enough and has what it takes. Where none
# fits, the last one is taken: dev/bootstrap.py says what it lacks.
define FIND_PYTHON
for python in $(or $(PYTHON),python3.11 python3.12 python3.13 python3); do \
  "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
done; \
command -v "$$python" >/dev/null || { \
  echo "Gongdi needs Python 3.11 or newer, and there is no $$python on the PATH." >&2; \
  echo "Debian and Ubuntu: apt install python3 python3-venv. macOS: brew install python@3.12" >&2; exit 1; };
endef

.PHONY: help run test sec-check coverage check format seed code demo bench drill reconcile openapi lock reset clean venv

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

venv:
	@$(FIND_PYTHON) exec "$$python" -m dev.bootstrap

run: venv ## start everything on this machine and say where it is; Ctrl-C stops it (PORT=9000, WECHAT=off)
	@exec $(PY) -m dev.run $(if $(PORT),--port '$(PORT)') $(ARGS)

test: venv ## run every check and every test (ARGS="tests/points -x" to choose)
	@exec $(PY) -m dev.test $(ARGS)

sec-check: venv ## say of each security requirement whether it holds, and which tests prove it
	@exec $(PY) -m dev.sec_check $(ARGS)

coverage: venv ## run the tests and say how much of app/ they reach, and what they reach least
	@$(PY) -m coverage erase; $(PY) -m coverage run -m pytest -n 2 $(ARGS) && $(PY) -m coverage combine --quiet
	@report=$$($(PY) -m coverage report); status=$$?; \
	  printf '%s\n' "$$report" | head -n 10; printf '%s\n' "$$report" | grep TOTAL; exit $$status

check: venv ## format, lint, types, floors, line of migrations and API description, without the tests
	@exec $(PY) -m dev.check

format: venv ## format the code and mend what the linter can
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

seed: venv ## write the demo data, unless it is there
	@exec $(PY) -m dev.command seed

code: venv ## show the second factor's code of a demo account (PHONE=10000009006)
	@exec $(PY) -m dev.command demo-code '$(or $(PHONE),$(error Whose? For example: make code PHONE=10000009006))'

demo: venv ## walk the main path step by step, in words
	@exec $(PY) -m dev.demo $(ARGS)

bench: venv ## measure what docs/performance.md reports
	@exec $(PY) -m bench $(ARGS)

drill: venv ## try what is promised at full size, a line each (NAMES="offline-batch" to choose)
	@NAMES='$(NAMES)' exec $(PY) -m dev.drills $(ARGS)

reconcile: venv ## compare every balance with its ledger
	@exec $(PY) -m dev.command reconcile

openapi: venv ## write the API description and the pages made from the code
	@$(PY) -m dev.openapi
	@$(PY) -m dev.pages

lock: venv ## lock what requirements*.in names, with hashes (UPGRADE=1 takes the newest versions)
	@for name in requirements requirements-dev; do \
	  $(PY) -m uv pip compile --quiet --generate-hashes --no-emit-index-url "$$name.in" -o "$$name.txt" \
	    --python-version 3.11 $(if $(UPGRADE),--upgrade) || exit 1; \
	done

reset: venv ## stop what runs and delete var/, after asking (YES=1 does not ask)
	@exec $(PY) -m dev.reset $(if $(YES),--yes)

clean: ## delete caches; the environment and the data stay
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* htmlcov
	@find . \( -path ./.git -o -path ./var -o -path ./.venv -o -name node_modules \) -prune \
	  -o -name __pycache__ -type d -exec rm -rf {} +
