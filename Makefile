# make app   install what the app needs, then start it
#            LOCKED=1: the very files of requirements.lock, each checked by its hash
#            TORCH_INDEX=ADDRESS: torch and torchvision from that package index, such as PyTorch's own for the CPU
# make class the same for a class in a network that you trust: asks for a code, see README
# make test  install what the tests need, then run every check but the long tests: four to nine minutes on two cores
# make long  the tests of many seconds: whole trainings, killed processes, walks through the pages; `.ci/run` has both
# make slow  those of minutes
# make benchmark…  what is measured: of learning, reading, a class, launchers of jobs
# make soak  those of an hour; writes their result to docs/trust.md (DIGITLAB_FUZZ=1000: so many mutants a kind)
# make lock audit licences sbom  what is installed: pinned, looked up in the lists of known faults, listed twice
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGE := requirements.txt pyproject.toml setup.py
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCKED ?=
TORCH_INDEX ?=
INSTALLED := $(VENV)/.app$(if $(LOCKED),-locked)
SUPPLY := .venv-supply
DIGITLAB_FUZZ ?= 10000
PARALLEL = $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder
# What failed beside other tests runs once more by itself: a browser that had to wait for a loaded machine passes then,
# and a fault fails again. What failed at first stands above.
AGAIN = echo "Once more, by themselves:" && $(BIN)/python -m pytest --last-failed --last-failed-no-failures none

.PHONY: app class test lint types imports unit long slow soak benchmark benchmark-reading benchmark-class benchmark-launchers benchmark-many lock audit licences sbom clean

app: $(INSTALLED)
	$(BIN)/streamlit run app.py

class: $(INSTALLED)
	DIGITLAB_SHARED=class $(BIN)/streamlit run app.py --server.address 0.0.0.0

test: lint types imports unit

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports

unit: $(VENV)/.dev $(VENV)/.axe
	$(PARALLEL) || { $(AGAIN); }

long: $(VENV)/.dev $(VENV)/.axe
	$(PARALLEL) -m "$@ and not slow and not soak" || { $(AGAIN) -m $@; }

slow: $(VENV)/.dev
	$(BIN)/python -m pytest -m slow

soak: $(VENV)/.dev
	rm -rf build/soak
	DIGITLAB_FUZZ=$(DIGITLAB_FUZZ) $(BIN)/python -m pytest -m "soak or slow" -n auto; \
	  failed=$$?; $(BIN)/python -m tests.fuzz.trust docs/trust.md; exit $$failed

benchmark: $(VENV)/.dev
	$(BIN)/python -m benchmarks

benchmark-reading: $(VENV)/.dev
	$(BIN)/python -m benchmarks.reading

benchmark-class: $(VENV)/.dev
	$(BIN)/python -m benchmarks.pen_latency
	$(BIN)/python -m benchmarks.live
	$(BIN)/python -m benchmarks.lab
	$(BIN)/python -m benchmarks.views
	$(BIN)/python -m benchmarks.class_load

benchmark-launchers: $(VENV)/.dev
	$(BIN)/python -m benchmarks.launchers

benchmark-many: $(VENV)/.dev
	$(BIN)/python -m benchmarks.many_runs
	$(BIN)/python -m benchmarks.many_nodes
	$(BIN)/python -m benchmarks.class_load crowd

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "digitlab needs Python 3.11 or newer. Name one: make app PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The empty files below are newer than the requirements as long as nothing has to be installed again.
$(VENV)/.app: $(PACKAGE) | $(VENV)/bin/python
ifneq ($(TORCH_INDEX),)
	grep -E '^torch(vision)?[<>=!~]' requirements.txt > $(VENV)/torch.txt
	$(PIP) --index-url $(TORCH_INDEX) -r $(VENV)/torch.txt
endif
	$(PIP) -e .
	@touch $@

# Where torch comes from another index, its hash is not known here; all other files are still checked.
$(VENV)/.app-locked: $(PACKAGE) requirements.lock requirements-cpu.lock | $(VENV)/bin/python
ifneq ($(TORCH_INDEX),)
	$(PIP) --require-hashes --no-deps -r requirements-cpu.lock
	$(PIP) --index-url $(TORCH_INDEX) --no-deps $$(sed -nE 's/^(torch(vision)?==[^ ]+).*/\1/p' requirements.lock)
else
	$(PIP) --require-hashes --no-deps -r requirements.lock
endif
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.app

$(VENV)/.dev: $(PACKAGE) requirements-dev.txt | $(VENV)/bin/python
	$(PIP) -r requirements-dev.txt -e .
	@touch $@ $(VENV)/.app

$(SUPPLY)/.done: requirements-supply.txt
	$(PYTHON) -m venv $(SUPPLY)
	$(SUPPLY)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-supply.txt
	@touch $@

# The versions that are installed here, with the hashes of all their files for every platform.
UV := $(SUPPLY)/bin/uv pip compile requirements.txt --quiet --universal --python-version 3.11 --generate-hashes \
  --no-header --no-annotate --constraints $(VENV)/installed.txt

lock: $(SUPPLY)/.done $(VENV)/.dev
	$(BIN)/python -m pip freeze --exclude-editable > $(VENV)/installed.txt
	$(UV) --output-file requirements.lock
	$(UV) --output-file requirements-cpu.lock \
	  $$(sed -nE 's/^((torch|torchvision|triton|nvidia|cuda)[a-z0-9-]*)==.*/--no-emit-package \1/p' requirements.lock)

audit: $(SUPPLY)/.done
	$(SUPPLY)/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.lock

LOCKED_NAMES = $$(sed -nE 's/^([a-z0-9-]+)==.*/\1/p' requirements.lock)

licences: $(SUPPLY)/.done $(VENV)/.dev
	{ printf '# Licences\n\nMade by `make licences`.\n\n## Project and data\n\n'; \
	  sed '1,/^## Sources and licences/d; s|(LICENSE)|(../LICENSE)|' README.md | sed '1{/^$$/d}'; \
	  printf '\n## Packages of requirements.lock\n\n'; \
	  $(SUPPLY)/bin/pip-licenses --python $(BIN)/python --from=mixed --format=markdown --with-system --packages $(LOCKED_NAMES); \
	} > docs/licences.md

sbom: $(SUPPLY)/.done $(VENV)/.dev
	$(SUPPLY)/bin/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml --output-reproducible --of JSON \
	  --output-file $(VENV)/sbom.json
	$(BIN)/python -m tools.sbom $(VENV)/sbom.json requirements.lock docs/sbom.cdx.json

# axe-core, which looks for what keeps people out of a page; npm brings it, and without npm its tests are skipped.
$(VENV)/.axe: tests/browser/package.json tests/browser/package-lock.json | $(VENV)/bin/python
	@if command -v npm >/dev/null; then \
	  mkdir -p $(VENV)/axe && cp $^ $(VENV)/axe/ && (cd $(VENV)/axe && npm ci --silent --no-audit --no-fund) && touch $@; \
	else echo "There is no npm here: the accessibility tests will be skipped."; fi

clean:
	rm -rf $(VENV) $(SUPPLY) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
