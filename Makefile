# make run: install and serve.  make test: install what the tests need, and run them all.
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
RUN := .venv
TEST := .venv-test
PIP := -m pip --disable-pip-version-check install --quiet --prefer-binary

.PHONY: run test lint format bench clean

run: $(RUN)/.ready
	$(RUN)/bin/numink serve

# No torch: what reads and serves only.
$(RUN)/.ready: pyproject.toml $(shell find src -type f -not -name '*.pyc' 2>/dev/null)
	@test -n "$(PYTHON)" || { echo "numink needs Python 3.11 or later: install it, or name one with PYTHON=..."; exit 1; }
	@echo "installing into $(RUN) ..."
	@test -x $(RUN)/bin/python || $(PYTHON) -m venv $(RUN)
	@$(RUN)/bin/python $(PIP) .
	@touch $@

# torch is named first and exactly: a plain 'torch' may bring gigabytes for graphics cards.
$(TEST)/.ready: pyproject.toml
	@test -n "$(PYTHON)" || { echo "numink needs Python 3.11 or later: install it, or name one with PYTHON=..."; exit 1; }
	@echo "installing into $(TEST) ..."
	@test -x $(TEST)/bin/python || $(PYTHON) -m venv $(TEST)
	@$(TEST)/bin/python $(PIP) torch==2.13.0
	@$(TEST)/bin/python $(PIP) --editable '.[dev,train]'
	@touch $@

test: $(TEST)/.ready
	@sh tests/need.sh
	OMP_NUM_THREADS=1 $(TEST)/bin/python -m pytest $(ARGS)

lint: $(TEST)/.ready
	$(TEST)/bin/ruff check .
	$(TEST)/bin/ruff format --check .
	$(TEST)/bin/mypy
	$(TEST)/bin/lint-imports

format: $(TEST)/.ready
	$(TEST)/bin/ruff format .
	$(TEST)/bin/ruff check --fix .

bench: $(RUN)/.ready
	$(RUN)/bin/python benchmarks/install_size.py
	$(RUN)/bin/python benchmarks/cold_start.py
	$(RUN)/bin/python benchmarks/http_speed.py
	$(RUN)/bin/python benchmarks/memory.py

clean:
	rm -rf $(RUN) $(TEST) build dist test-results .mypy_cache .ruff_cache .pytest_cache .hypothesis
