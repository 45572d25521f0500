# Everything one does with Wushe from a checkout. `make` alone lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
PORT ?= 8000
export PORT
MINUTES ?= 30
DATA ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
#: Each stamp says that what its name asks for is installed as pyproject.toml and constraints.txt say.
SITE := $(VENV)/.site
TOOLS := $(VENV)/.tools
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard web/translations/*/LC_MESSAGES/*.po))

.PHONY: help
help: ## list these words
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "make %-10s %s\n", $$1, $$2 }'

.PHONY: run
run: $(SITE) $(CATALOGUES) ## set up what is missing and serve the site with the demo district; PORT=8000
	@$(BIN)/wushe db upgrade
	@$(BIN)/wushe demo load --once
	@$(BIN)/wushe search rebuild --if-missing
	@exec $(BIN)/wushe run --port $(PORT)

.PHONY: test
test: $(TOOLS) $(CATALOGUES) ## run every test on SQLite, then on PostgreSQL; installs what is missing
	@$(BIN)/python -m tests.support.needs
	@$(BIN)/python -m tests.support.suite

.PHONY: realdata
realdata: $(TOOLS) $(CATALOGUES) ## run the importers on outside data; DATA=folder
	@[ -d "$(DATA)" ] || { echo "Say where the data is: make realdata DATA=../shared/data" >&2; exit 2; }
	@WUSHE_REALDATA="$(abspath $(DATA))" $(BIN)/python -m tests.support.suite one realdata tests/realdata

.PHONY: bench
bench: $(TOOLS) $(CATALOGUES) ## measure the site beside a bare "hello world"
	@$(BIN)/python -m tests.bench

.PHONY: lint
lint: $(TOOLS) ## read the code: style, types, who imports whom
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy & types=$$!; good=yes; \
	  $(BIN)/lint-imports || good=; \
	  $(BIN)/python -m pytest -q tests/test_architecture.py || good=; \
	  wait $$types || good=; \
	  [ "$$good" ]

.PHONY: format
format: $(TOOLS) ## put the code into the form that lint asks for
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: catalogue
catalogue: $(TOOLS) ## bring what the pages say into the English catalogue, to be translated there
	@$(BIN)/pybabel --quiet extract --mapping web/babel.cfg --keyword _l --keyword lazy_gettext \
	  --no-location --sort-output --omit-header --output-file $(VENV)/wushe.pot web
	@$(BIN)/pybabel --quiet update --input-file $(VENV)/wushe.pot --output-dir web/translations \
	  --locale en --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap

.PHONY: soak
soak: $(TOOLS) $(CATALOGUES) ## repeat the suite with new orders and examples; MINUTES=30
	@$(BIN)/python -m tests.support.needs
	@$(BIN)/python -m tests.support.suite soak $(MINUTES)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Wushe needs Python 3.11 or newer; say which: make PYTHON=python3.12 run" >&2; exit 1; }
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "No venv in this Python. Debian: apt-get install python3-venv" >&2; exit 1; }

$(SITE): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing the site's libraries"
	@$(PIP) install -c constraints.txt setuptools
	@$(PIP) install -c constraints.txt --no-build-isolation -e .
	@touch $@

$(TOOLS): $(SITE)
	@echo "Installing the tools of tests and lint"
	@$(PIP) install -c constraints.txt --no-build-isolation -e '.[test,lint]'
	@touch $@

%.mo: %.po | $(SITE)
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
