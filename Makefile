# Each command sets up what it needs on a fresh machine: Python >= 3.11, Node >= 20.19, make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CHECKOV := .venv-checkov

.DEFAULT_GOAL := help
.PHONY: help setup run hour test accept check format shots bench chaos abuse
.PHONY: package doctor deploy destroy

help:
	@echo "make run      the whole league on this machine, with demo traders"
	@echo "make hour     beside a running league: close the next hour"
	@echo "make test     every test        make accept   the acceptance part alone"
	@echo "make check    format, lint, types, import rules, template        make format   put them right"
	@echo "make bench    the figures of the design, counted for 1,000, 10,000 and 100,000 traders (ARGS=--help)"
	@echo "make chaos    schedules of faults: N=100 STORE=memory|local SEED=1, or REPLAY='...'"
	@echo "make abuse    every route asked with what fits the document and what does not: N=50000 SEED=1"
	@echo "make package  what goes to AWS, looked at         make doctor STAGE=dev    can it be deployed now?"
	@echo "make deploy STAGE=dev PARAMETERS='Name=value …'   make destroy STAGE=dev   (docs/deployment.md)"
	@echo "make shots    pictures of every page of the site, into shots/"

setup: $(VENV)/.installed sandbox/node_modules/.installed frontend-static/node_modules/.installed

$(VENV)/.installed: requirements.txt requirements-dev.txt ingest_container/requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-dev.txt
	touch $@

# apart, because it pins other versions of what we use
$(CHECKOV)/.installed: infra/requirements-checkov.txt
	test -x $(CHECKOV)/bin/python || $(PYTHON) -m venv $(CHECKOV)
	$(CHECKOV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r $<
	touch $@

sandbox/node_modules/.installed: sandbox/package.json sandbox/package-lock.json
	cd sandbox && npm ci --silent --no-audit --no-fund
	touch $@

frontend-static/node_modules/.installed: frontend-static/package.json frontend-static/package-lock.json
	cd frontend-static && npm ci --silent --no-audit --no-fund
	touch $@

run: setup
	@exec $(BIN)/python -m sandbox.run

hour: setup
	@$(BIN)/python -m sandbox.hour

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadscope

accept: setup
	$(BIN)/python -m pytest tests/acceptance

check: setup $(CHECKOV)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m infra.checks $(CHECKOV)/bin
	cd frontend-static && npm run --silent check

bench: setup
	$(BIN)/python -m tests.bench $(ARGS)

chaos: setup
	@$(BIN)/python -m tests.chaos --number $(or $(N),100) --store $(or $(STORE),memory) \
		--seed $(or $(SEED),1) --processes $(or $(PROCESSES),1) --minutes $(or $(MINUTES),0) \
		--replay "$(REPLAY)"

abuse: setup
	@$(BIN)/python -m tests.abuse --number $(or $(N),1000) --seed $(or $(SEED),1) \
		--minutes $(or $(MINUTES),0)

shots: setup
	$(BIN)/python -m tests.frontend.shots

package: setup
	$(BIN)/python -m infra.package --stage $(or $(STAGE),dev)

doctor: setup
	@$(BIN)/python -m infra.doctor "$$STAGE" $$PARAMETERS

deploy: setup
	@$(BIN)/python -m infra.deploy "$$STAGE" $$PARAMETERS

destroy: setup
	@$(BIN)/python -m infra.destroy "$$STAGE"

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
