# Every target works on a fresh machine with Python 3.11 and make.
PYTHON ?= python3
ifeq ($(shell command -v python3.11 2>/dev/null),)
else
PYTHON := python3.11
endif
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= casefiles/demo

.PHONY: setup setup-dev demo test test-slow test-full test-browser bench lab check lock clean

setup: $(VENV)/.ready
setup-dev: $(VENV)/.ready-dev

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: setup
	$(BIN)/papermask demo --out $(DEMO)

# Counting covered lines costs a third of the time: only the full suite does it.
test: setup-dev
	$(BIN)/python -m pytest -n logical --dist loadscope --no-loadscope-reorder

# What takes a minute or so each; every submission runs it behind the test suite.
test-slow: setup-dev
	$(BIN)/python -m pytest -n logical --dist loadscope --no-loadscope-reorder -m "slow and not full"

test-full: setup-dev
	$(BIN)/python -m pytest -n logical --dist loadscope --no-loadscope-reorder -m "not browser" --timeout=3600 --cov --cov-report=term:skip-covered

test-browser: setup-dev
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq chromium; } || { echo "Chromium is missing and could not be installed"; exit 1; }
	$(BIN)/python -m pytest -m browser

bench: setup-dev
	$(BIN)/python bench/run.py
	$(BIN)/python bench/sensor.py
	$(BIN)/python bench/simulate.py
	$(BIN)/python bench/faces.py
	$(BIN)/python -m bench.records
	$(BIN)/python -m bench.intake
	$(BIN)/python -m bench.reuse --kept casefiles/reuse --limit-s 300

lab: setup
	$(BIN)/papermask lab

check: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

lock:
	uv pip compile --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet pyproject.toml -o requirements.lock
	uv pip compile --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --extra dev pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .coverage* build *.egg-info
