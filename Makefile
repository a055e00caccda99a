.DEFAULT_GOAL := help
.PHONY: help demo test lint bench docs lock clean
.DELETE_ON_ERROR:

# The tests start the program thousands of times: compiled each time, that is most of what they do.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
# The first Python that is new enough.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/  make \1@\2/p' $(MAKEFILE_LIST) | awk -F@ '{ printf "%-14s %s\n", $$1, $$2 }'

demo: $(VENV)/.runtime  ## the shell on a sample database
	@mkdir -p build && rm -f build/shop.db
	@$(BIN)/dbx demo build/shop.db --echo --format table

test: $(VENV)/.dev  ## all tests, on PostgreSQL, MariaDB and SQLite; ARGS="-k word" for some
	@sh tests/install-servers.sh
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/.dev  ## style, types, and who may import whom
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(VENV)/.dev  ## how fast, against the native clients
	@sh tests/install-servers.sh
	$(BIN)/python tests/bench/run.py $(ARGS)

docs: $(VENV)/.dev  ## bring README and completions up to date
	$(BIN)/python tests/docs.py $(ARGS)

lock: $(VENV)/.dev  ## choose new versions of what dbx depends on
	$(PIP) install uv
	$(BIN)/python tests/lock.py

clean:  ## remove what was made here, but not the environment in .venv
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment, once with what dbx needs and once with what its developers need; the second includes the first.
$(VENV)/.runtime: requirements.lock pyproject.toml
	$(call environment,requirements.lock)
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml
	$(call environment,requirements-dev.lock)
	@touch $(VENV)/.runtime $@

define environment
@test -n "$(PYTHON)" || { echo "dbx needs Python 3.11 or later; none was found (make PYTHON=/path/to/python)" >&2; exit 2; }
@$(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "making $(VENV) …"; $(PYTHON) -m venv --clear $(VENV); }
@echo "installing $(1) …"
@$(PIP) install --no-compile --require-hashes -r $(1)
@$(PIP) install --no-deps --no-build-isolation -e .
endef
