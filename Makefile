# kinechain: one word each, the same on every machine. `make demo` and `make test` need Python 3.11–3.14 and make.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
DEMO ?= kinechain-demo
SNAP ?= build/snap
SET ?= quick
PEERS ?=
KINECHAIN_DATA ?= $(wildcard $(abspath ../shared/data))
SOURCES := src tests benchmarks docs validation

# A Python that can be used: right version, able to make environments. `make PYTHON=/path/to/python …` overrides it.
SUITS := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.14 python3.11 python; do \
	if $$p -c '$(SUITS)' >/dev/null 2>&1; then echo $$p; break; fi; done)

.PHONY: help demo test check e2e format snap docs bench validate clean

help: ## this list
	@sed -n 's/^\([a-z0-9]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: $(VENV)/.runtime ## environment, pose weights, and the main job on the clip that ships with the package
	@$(BIN)/kinechain models fetch >/dev/null
	@$(BIN)/kinechain demo --out $(DEMO)

# Without a network the weights may be absent: the tests that need them skip and say so, and the coverage gate, which
# counts them, is not applied.
test: $(VENV)/.dev ## all tests, with the branch coverage gate
	@gate=; status=0; $(BIN)/kinechain models fetch >/dev/null || status=$$?; \
	if [ $$status -eq 32 ]; then \
	  gate=--cov-fail-under=0; \
	  echo "test: the pose weights could not be fetched; the tests that need them skip, the coverage gate is off"; \
	elif [ $$status -ne 0 ]; then exit $$status; fi; \
	$(BIN)/python -m pytest --cov --cov-report=term $$gate

check: $(VENV)/.dev ## format, lint, types, direction of imports, spelling
	$(BIN)/ruff format --check --quiet --no-cache .
	$(BIN)/ruff check --quiet --no-cache .
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-logo
	$(BIN)/codespell $(SOURCES) *.md Makefile .ci/run pyproject.toml

e2e: $(VENV)/.e2e ## the studio: in a real browser (Chromium), on a real PostgreSQL, and with its processes killed
	@$(BIN)/kinechain models fetch >/dev/null
	$(BIN)/python -m pytest -o addopts= -q --strict-markers -rs tests/store tests/jobs tests/e2e
	$(BIN)/python -m pytest -o addopts= -q --strict-markers -m e2e tests/web

format: $(VENV)/.dev ## write the code in the project's format
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format --quiet .

snap: $(VENV)/.runtime ## pictures of all pages (demo, a session, a plan) in both languages, phone, desk and A4, in build/snap
	@[ -f $(DEMO)/report.ja.html ] || $(MAKE) demo
	@mkdir -p build && cat benchmarks/snap_intake.toml benchmarks/snap_session.toml > build/snap_session.toml
	@[ -f build/session/report.ja.html ] || $(BIN)/kinechain assess build/snap_session.toml --out build/session
	@$(BIN)/kinechain plan-session benchmarks/snap_intake.toml --out build/plan >/dev/null
	@$(BIN)/python benchmarks/snap.py $(DEMO) $(SNAP)/demo $(CHROMIUM)
	@$(BIN)/python benchmarks/snap.py build/session $(SNAP)/session $(CHROMIUM)
	@$(BIN)/python benchmarks/snap.py build/plan $(SNAP)/plan $(CHROMIUM)

docs: $(VENV)/.docs ## the documentation, in build/docs; warnings are errors
	@rm -rf docs/api
	@$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs
	@echo "docs: build/docs/index.html"

bench: $(VENV)/.runtime ## time of assess against pose inference alone, and peak memory (takes about half an hour)
	@$(BIN)/kinechain models fetch >/dev/null
	@$(BIN)/python benchmarks/bench.py --memory

validate: $(VENV)/.validation ## accuracy on rendered runners: docs/accuracy.md and the table of known errors (quick set, about 40 minutes)
	@[ -n "$(KINECHAIN_DATA)" ] || { echo "validate: name the reference data folder, make validate KINECHAIN_DATA=…"; exit 1; }
	@$(BIN)/kinechain models fetch >/dev/null
	@$(BIN)/python validation/accuracy plan $(SET) --out build/validate/specs
	@$(BIN)/python -W ignore validation/phantoms render build/validate/specs --data $(KINECHAIN_DATA) --out build/validate/clips
	@$(BIN)/python -W ignore validation/accuracy measure build/validate/clips
	@$(BIN)/python validation/accuracy table
	@$(BIN)/python -W ignore validation/accuracy measure build/validate/clips
	@$(BIN)/python -W ignore validation/accuracy rates build/validate/clips --out build/validate/rates
	@$(BIN)/python -W ignore validation/reasoning build/validate/clips
	@if [ -n "$(PEERS)" ]; then $(BIN)/python -W ignore validation/peers build/validate/clips --python $(PEERS); fi
	@$(BIN)/python validation/accuracy page

clean: ## remove the environment and everything that was made
	rm -rf $(VENV) build dist kinechain-demo .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment: one stamp for what the product needs, one more for each set of tools ---------------------------

# The stamps of an environment whose Python does not run (any more) are worth nothing.
$(shell $(BIN)/python -c '' >/dev/null 2>&1 || rm -f $(VENV)/.runtime $(VENV)/.dev $(VENV)/.e2e $(VENV)/.docs $(VENV)/.validation)

$(VENV)/.runtime: pyproject.toml
	@if ! $(BIN)/python -c '' 2>/dev/null; then \
	  [ -n "$(PYTHON)" ] || { echo "kinechain needs Python 3.11–3.14 with venv (Debian: apt-get install python3-venv);" \
	    "name one with make PYTHON=/path/to/python" >&2; exit 1; }; \
	  echo "environment: making $(VENV) with $$($(PYTHON) --version)"; \
	  $(PYTHON) -m venv --clear $(VENV); \
	fi
	@echo "environment: installing kinechain and what it needs (a few minutes the first time)"
	@$(PIP) install -e .
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.runtime
	@echo "environment: installing the tools for tests and checks"
	@$(PIP) install --upgrade 'pip>=25.1'
	@$(PIP) install --group dev
	@touch $@

$(VENV)/.e2e: pyproject.toml $(VENV)/.dev
	@echo "environment: installing what drives the browser"
	@$(PIP) install --group e2e
	@touch $@

$(VENV)/.docs: pyproject.toml $(VENV)/.runtime
	@echo "environment: installing the tools for the documentation"
	@$(PIP) install --upgrade 'pip>=25.1'
	@$(PIP) install --group docs
	@touch $@

$(VENV)/.validation: pyproject.toml $(VENV)/.runtime
	@echo "environment: installing what renders the phantoms (large: a body model and its tensors)"
	@$(PIP) install --upgrade 'pip>=25.1'
	@$(PIP) install --group validation
	@touch $@
