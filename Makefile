# make run     everything ready, and the site on http://127.0.0.1:8000 (PORT=8080 make run for another port)
# make test    every test
# make check   lint, format, types
#
# Needs git and Python 3.11 or newer; make PYTHON=python3.12 run where that is not python3.

PYTHON ?= python3
PLACE := .venv/bin/python
PIP := $(PLACE) -m pip --disable-pip-version-check --no-input install -qq
# extras stay in the pins: pip takes no pin of coverage for one of coverage[toml], and refuses the day a newer one is out
LOCK := $(PLACE) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--no-emit-index-url --no-header --extra postgres
DATA ?= ../shared/data
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install dev run test check audit audit-nu bench bench-digest bench-load lock messages starter wheel clean
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile
	@echo 'Also: install audit audit-nu bench bench-digest bench-load audit audit-nu lock messages starter wheel clean'

install: .venv/.installed
	@:

dev: .venv/.dev

run: install
	@$(PLACE) -m tracker up

test: dev
	@$(PLACE) -m pytest -n auto $(ARGS)

check: dev
	@$(PLACE) -m ruff check --quiet
	@$(PLACE) -m ruff format --quiet --check
	@$(PLACE) -m mypy --strict tracker scrapers

# TRACKER_ARCHIVE=FOLDER measures on a copy of the whole archive
bench: dev
	@$(PLACE) -m benchmarks
	@$(PLACE) -m benchmarks.sources
	@$(PLACE) -m benchmarks.press

# what digests lose and repeat in a replay of 2025 and 2026, what kills do to them, and how many go out in a second
bench-digest: dev
	@$(PLACE) -m benchmarks.digest

# the site under load, on the whole archive and 20,000 articles: TRACKER_ARCHIVE=FOLDER make bench-load (needs wrk)
bench-load: dev
	@$(PLACE) -m benchmarks.load

# what independent auditors say of the pages: the Nu checker needs npm and Java, Lighthouse needs chromium too
.venv/audit/node_modules/vnu-jar: | .venv/.dev
	@npm install --silent --no-save --no-package-lock --prefix .venv/audit vnu-jar@26.9.27

audit-nu: .venv/audit/node_modules/vnu-jar
	@$(PLACE) -m benchmarks.audit .venv/audit nu

audit: audit-nu
	@npm install --silent --no-save --no-package-lock --prefix .venv/audit vnu-jar@26.9.27 lighthouse@12.8.2
	@$(PLACE) -m benchmarks.audit .venv/audit lighthouse

# keeps the pins that still fit; make lock ARGS=--upgrade takes the newest
lock: dev
	@$(LOCK) $(ARGS) --group build -o requirements.txt pyproject.toml
	@$(LOCK) $(ARGS) --group dev -c requirements.txt -o requirements-dev.txt pyproject.toml

# what readers are told, into every catalogue; make messages LANGUAGE=bn begins a new one
messages: dev
	@$(PLACE) -m tracker.locale $(LANGUAGE)

starter: install
	@$(PLACE) -m tracker.record.build $(DATA)

wheel: install
	@$(PLACE) -m hatchling build

# the environment and whatever can be made again; the database in data/ stays
clean:
	@rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis .coverage

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || \
		{ echo 'Python 3.11 or newer is needed (on Debian: apt-get install python3 python3-venv).' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is %s. \
	If there is a newer one: make PYTHON=python3.12 run" % sys.version.split()[0])'
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo 'Python lacks its venv module (on Debian: apt-get install python3-venv).' >&2; exit 1; }
	@echo 'Making .venv; this takes about half a minute, once.'
	@$(PYTHON) -m venv --clear .venv

.venv/.installed: requirements.txt pyproject.toml | .venv/bin/python
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.installed
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@
