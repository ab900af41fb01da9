# The commands of this project; `make` lists them. A fresh machine needs Python 3.11 or later with venv, and make.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
PYTHON ?= python3
PORT ?= 5000
BIN := .venv/bin
UV := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header
PIP := $(BIN)/pip --quiet --disable-pip-version-check install
OURS := cag_events tests migrations bench tools

.PHONY: help run test check fmt lock lock-check migration golden holidays bench texts chromium corpora libical

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: .venv/installed ## start the program with the demo programme (PORT=5000, FRESH=1 starts over)
	@$(BIN)/cag-events demo --port $(PORT) $(if $(FRESH),--fresh)

test: .venv/ready chromium corpora libical ## run every test, browser and both databases included
	@$(BIN)/python -m pytest -q -n auto --dist worksteal $(ARGS)

check: .venv/ready lock-check ## all that must hold before a change lands: format, lint, types, imports, templates, models, tests
	$(BIN)/ruff format --check --quiet $(OURS)
	$(BIN)/ruff check --quiet $(OURS)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint --quiet --lint cag_events/templates
	$(BIN)/python tools/texts.py --check
	$(BIN)/python tools/models_match.py
	$(MAKE) test

fmt: .venv/ready ## format the code
	$(BIN)/ruff format --quiet $(OURS)
	$(BIN)/ruff check --quiet --fix $(OURS)

lock: .venv/ready ## write the exact pins anew from setup.cfg
	$(UV) setup.cfg --extra build -o requirements/app.txt
	$(UV) setup.cfg --all-extras -c requirements/app.txt -o requirements/dev.txt

lock-check: .venv/ready
	@mkdir -p .venv/lock && cp requirements/*.txt .venv/lock
	@$(UV) setup.cfg --extra build -o .venv/lock/app.txt
	@$(UV) setup.cfg --all-extras -c requirements/app.txt -o .venv/lock/dev.txt
	@diff -r requirements .venv/lock >/dev/null || { echo "the pins do not match setup.cfg: run make lock"; exit 1; }

texts: .venv/ready ## collect texts for translation and compile the catalogues
	$(BIN)/python tools/texts.py

migration: .venv/ready ## write a migration from the models: make migration m="registrations: add …"
	$(BIN)/python tools/migration.py "$(m)"

golden: .venv/ready ## write the golden files anew; read the diff
	CAG_GOLDEN=write $(BIN)/python -m pytest -q -k golden

holidays: ## write the public holidays of the countries we know anew, in an environment of its own; read the diff
	@test -x .venv/holidays/bin/python || $(PYTHON) -m venv .venv/holidays
	@.venv/holidays/bin/pip --quiet --disable-pip-version-check install --require-hashes -r requirements/holidays.txt
	.venv/holidays/bin/python tools/public_holidays.py

bench: .venv/ready ## measure, each figure beside its limit in the same run
	$(BIN)/python -m bench

.venv/installed: requirements/app.txt setup.cfg
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; set PYTHON=…"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing the program into .venv …"
	@$(PIP) --require-hashes -r requirements/app.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/ready: .venv/installed requirements/dev.txt
	@echo "installing the development tools into .venv …"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

chromium:
	@sh tools/chromium.sh

libical:
	@sh tools/libical.sh

corpora: .venv/ready
	@$(BIN)/python tools/corpora.py
