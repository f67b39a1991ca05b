# make app   install what the app needs, then start it
# make test  install what the tests need, then run every check
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGE := requirements.txt pyproject.toml setup.py

.PHONY: app test lint types imports unit slow benchmark clean

app: $(VENV)/.app
	$(BIN)/streamlit run app.py

test: lint types imports unit

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports

unit: $(VENV)/.dev $(VENV)/.axe
	$(BIN)/python -m pytest -n auto --dist loadfile

slow: $(VENV)/.dev
	$(BIN)/python -m pytest -m slow

benchmark: $(VENV)/.dev
	$(BIN)/python -m benchmarks.reading
	$(BIN)/python -m benchmarks.epoch
	$(BIN)/python -m benchmarks.bookkeeping
	$(BIN)/python -m benchmarks.polling
	$(BIN)/python -m benchmarks.pen_latency
	$(BIN)/python -m benchmarks.live

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "digitlab needs Python 3.11 or newer. Name one: make app PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The empty files below are newer than the requirements as long as nothing has to be installed again.
$(VENV)/.app: $(PACKAGE) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: $(PACKAGE) requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -e .
	@touch $@ $(VENV)/.app

# axe-core, which looks for what keeps people out of a page; npm brings it, and without npm its tests are skipped.
$(VENV)/.axe: tests/browser/package.json tests/browser/package-lock.json | $(VENV)/bin/python
	@if command -v npm >/dev/null; then \
	  mkdir -p $(VENV)/axe && cp $^ $(VENV)/axe/ && (cd $(VENV)/axe && npm ci --silent --no-audit --no-fund) && touch $@; \
	else echo "There is no npm here: the accessibility tests will be skipped."; fi

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
