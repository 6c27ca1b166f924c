# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# `make help` lists what there is. Everything lands below this folder: .venv, .collections, .build, .nox.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
# The first Python that runs, has venv and suits the ansible bundle; PYTHON=... chooses another.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1 \
	&& echo "$$p" && break; done)

# A checkout's own settings, whatever the user's ~/.ansible.cfg and environment say.
export ANSIBLE_CONFIG := $(CURDIR)/tests/ansible.cfg
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.collections
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
unexport PYTHONPATH

# What the tarball is made of. Folders are listed too: they change when a file is removed.
# (docs/. is the folder: docs alone is a target.)
SHIPPED := $(wildcard plugins roles playbooks meta docs/. extensions changelogs awx tests/winsim)
SOURCES := galaxy.yml execution-environment.yml $(wildcard README.md LICENSE CHANGELOG.* *.md) \
	$(shell find $(SHIPPED) -name __pycache__ -prune -o -print 2>/dev/null | grep -v ' ')

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

.PHONY: demo
demo: collection ## Start a small simulated fleet and run the site playbook on it twice
	@$(BIN)/python tests/demo/run.py

.PHONY: test
test: collection ## Run every check that this machine allows, then list what ran and what did not
	@$(BIN)/python tests/tools/checks.py

.PHONY: lint
lint: collection ## Run the checks that run no test: formatting, documentation, changelog, tarball
	@$(BIN)/python tests/tools/checks.py --tags lint

.PHONY: docs
docs: collection ## Make the guides and the pages of plugins and roles as HTML
	@$(BIN)/nox -s docs
	@echo "The pages, for a browser: .build/docs/html/index.html"

.PHONY: matrix
matrix: collection ## Run the tests with each ansible-core on each Python that is here, and ansible-test (hours)
	@$(BIN)/python tests/tools/checks.py --tags matrix

.PHONY: newest
newest: collection ## Run checks and tests with the newest release of everything, whatever the ranges say
	@$(BIN)/nox -s newest

.PHONY: unit
unit: collection ## Run the unit tests with the main ansible-core
	@$(BIN)/pytest -n 2 tests/unit

.PHONY: integration
integration: collection ## Run the integration tests with the main ansible-core
	@$(BIN)/pytest -n 2 tests/integration

.PHONY: bench
bench: collection ## Measure: runs beside hand-written tasks (about 15 minutes; BENCH=--quick: one), the store and the report
	@PYTHONPATH=tests $(BIN)/python -m bench.activation $(BENCH)
	@$(BIN)/python -m bench.store_and_report

.PHONY: faults
faults: collection ## Strike every remote step with every fault (hours); the report lands in .build/faults
	@cd tests && ../$(BIN)/python -m campaign

.PHONY: fuzz
fuzz: collection ## Give every parser a million damaged inputs (10 minutes)
	@OFFICEFLEET_FUZZ_INPUTS=1000000 $(BIN)/pytest -n 2 tests/unit/module_utils/test_fuzz.py

.PHONY: format
format: venv ## Let ruff sort the imports and lay out the Python files
	@$(BIN)/ruff check --select I --fix
	@$(BIN)/ruff format

.PHONY: venv
venv: $(VENV)/.stamp ## Make .venv from requirements.lock

$(VENV)/.stamp: requirements.in requirements-test.in requirements.lock
	@test -n "$(PYTHON)" || { echo "No Python 3.11 to 3.13 with venv was found."; \
		echo "On Debian: apt-get install python3 python3-venv"; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON) (a few minutes the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --constraint requirements.lock --requirement requirements.in
	@touch $@

.PHONY: collection
collection: .build/.stamp ## Build the tarball and install it into .collections

# The new tree takes the old one's place only when it is complete: tests may be running meanwhile.
.build/.stamp: $(VENV)/.stamp $(SOURCES)
	@mkdir -p .build
	@rm -rf .build/*.tar.gz .build/new .build/old
	@$(BIN)/ansible-galaxy collection build --force --output-path .build > .build/log 2>&1 \
		|| { cat .build/log; exit 1; }
	@$(BIN)/ansible-galaxy collection install --offline --force --collections-path .build/new \
		.build/officefleet-activation-*.tar.gz > .build/log 2>&1 || { cat .build/log; exit 1; }
	@if test -e .collections; then mv .collections .build/old; fi
	@mv .build/new .collections
	@rm -rf .build/old
	@touch $@

.PHONY: lock
lock: ## Renew requirements.lock from the ranges in requirements*.in
	@rm -rf .build/lock && mkdir -p .build
	@$(PYTHON) -m venv .build/lock
	@.build/lock/bin/python -m pip install -qq --requirement requirements.in
	@{ sed -n '/^#/!q;p' requirements.lock; .build/lock/bin/python -m pip freeze; } > .build/requirements.lock
	@mv .build/requirements.lock requirements.lock
	@rm -rf .build/lock

.PHONY: clean
clean: ## Remove everything that make made
	rm -rf .venv .collections .build .nox .mypy_cache .pytest_cache .ruff_cache .hypothesis .ansible .cache
	find . -name __pycache__ -prune -exec rm -rf {} +
