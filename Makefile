# make run: install and serve.  make check: the quick checks.  make test: all checks and tests, as CI does.
SHELL := /bin/sh
# The newest Python that works; a name that is only a shim for a version that is not installed is passed over.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
RUN := .venv
TEST := .venv-test
TOOLS := .venv-tools
LOCKS := $(wildcard requirements/*.txt)
# Test files that run at once: each may start a browser and a server of its own.
JOBS ?= 3
PIP := -m pip --disable-pip-version-check install --quiet --prefer-binary

.PHONY: run test lint lock sbom screenshots texts constants format bench model clean

# One heap that keeps its memory: a request takes a twentieth less processor time.
run: $(RUN)/.ready
	MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=268435456 $(RUN)/bin/numink serve

# The versions of requirements/base.txt, so no torch. A page is served once, which compiles the modules of a server;
# without the environment's variables, since settings may lie there.
$(RUN)/.ready: pyproject.toml deploy/install.py $(LOCKS) $(shell find src -type f -not -name '*.pyc' 2>/dev/null)
	@test -n "$(PYTHON)" || { echo "numink needs Python 3.11 or later: install it, or name one with PYTHON=..."; exit 1; }
	@echo "installing into $(RUN) ..."
	@$(PYTHON) deploy/onnxruntime_web.py
	@$(PYTHON) deploy/install.py $(RUN)
	@env -i PATH="$$PATH" $(RUN)/bin/python deploy/slim.py warm
	@touch $@

$(TOOLS)/.ready: requirements/tools.txt
	@test -n "$(PYTHON)" || { echo "numink needs Python 3.11 or later: install it, or name one with PYTHON=..."; exit 1; }
	@$(PYTHON) -m venv --clear $(TOOLS)
	@PYTHONPATH= $(TOOLS)/bin/python $(PIP) --require-hashes --requirement requirements/tools.txt
	@touch $@

# Brings every version in requirements/ up to date with pyproject.toml; make lock PACKAGE=pillow only that one.
lock: $(TOOLS)/.ready
	$(TOOLS)/bin/python deploy/lock.py $(PACKAGE)

# What make run has installed, in CycloneDX.
sbom: $(RUN)/.ready $(TOOLS)/.ready
	@mkdir -p dist
	PYTHONPATH= $(TOOLS)/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		--output-format JSON --output-file dist/sbom.cdx.json $(RUN)/bin/python

# torch is named first and exactly, so that a wheel without CUDA that lies at hand (PIP_FIND_LINKS) is taken: an open
# range may bring gigabytes for graphics cards. All else that reads and serves has the locked versions here too.
$(TEST)/.ready: pyproject.toml $(LOCKS)
	@test -n "$(PYTHON)" || { echo "numink needs Python 3.11 or later: install it, or name one with PYTHON=..."; exit 1; }
	@echo "installing into $(TEST) ..."
	@test -x $(TEST)/bin/python || $(PYTHON) -m venv $(TEST)
	@sed -n 's/ \\$$//p' requirements/base.txt requirements/cloudant.txt requirements/scoring.txt requirements/heic.txt \
		>$(TEST)/constraints.txt
	@$(TEST)/bin/python $(PIP) --constraint $(TEST)/constraints.txt torch==2.13.0
	@$(TEST)/bin/python $(PIP) --constraint $(TEST)/constraints.txt --editable '.[dev,train,watson,cloudant]'
	@touch $@

# Files go to the workers as tests/durations.py orders them. ruff, mypy and import-linter are among the tests, once.
# Byte code is written, whatever the shell says: else each worker and each server compiles all modules anew.
PYTEST = OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= $(TEST)/bin/python -m pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder

.PHONY: check
check: $(TEST)/.ready
	$(PYTEST) -m "not slow" $(ARGS)

test: $(TEST)/.ready
	@sh tests/need.sh
	@$(PYTHON) deploy/onnxruntime_web.py
	$(PYTEST) $(ARGS)

lint: $(TEST)/.ready
	$(TEST)/bin/ruff check .
	$(TEST)/bin/ruff format --check .
	$(TEST)/bin/mypy
	$(TEST)/bin/lint-imports

# Every page of the application as it looks, for docs/pages.md.
screenshots: $(TEST)/.ready
	@sh tests/need.sh
	OMP_NUM_THREADS=1 $(TEST)/bin/python -m pytest tests/test_browser_pictures.py --pictures docs/pages

# Brings the translations up to date with the source (Babel extract and update); make texts NEW=fr begins another.
texts: $(TEST)/.ready
	$(TEST)/bin/python deploy/texts.py $(NEW)

# Writes the constants that the browser's reader shares with the Python reader.
constants: $(TEST)/.ready
	$(TEST)/bin/python deploy/browser_constants.py

format: $(TEST)/.ready
	$(TEST)/bin/ruff format .
	$(TEST)/bin/ruff check --fix .

# The reference of two of them is TensorFlow in an environment of its own: make bench REFERENCE=.../bin/python BRIEF=.../brief_app.py
bench: $(RUN)/.ready
	$(RUN)/bin/python benchmarks/install_size.py
	$(RUN)/bin/python benchmarks/cold_start.py $(if $(REFERENCE),--reference-python $(REFERENCE))
	$(RUN)/bin/python benchmarks/http_speed.py $(if $(BRIEF),--reference-app $(BRIEF) --reference-python $(REFERENCE))
	$(RUN)/bin/python benchmarks/memory.py
	$(RUN)/bin/python benchmarks/start.py
	$(RUN)/bin/python benchmarks/drain.py
	$(RUN)/bin/python benchmarks/image_size.py

# Trains, exports and measures the shipped model anew (hours): make model COLLECTIONS=folder of the .npz files.
# imagecorruptions-imaug brings an OpenCV of its own beside ours, so it is not among what the tests install.
model: $(TEST)/.ready
	$(TEST)/bin/python $(PIP) 'imagecorruptions-imaug>=1.1.5,<2'
	$(TEST)/bin/numink data fetch --doodles --fonts
	OMP_NUM_THREADS=1 $(TEST)/bin/numink train --recipe shipped --collections $(COLLECTIONS)
	OMP_NUM_THREADS=1 $(TEST)/bin/numink train --recipe lines --out runs/lines.onnx --collections $(COLLECTIONS)
	$(TEST)/bin/numink evaluate runs/numink.onnx --all --card --collections $(COLLECTIONS)

clean:
	rm -rf $(RUN) $(TEST) $(TOOLS) build dist test-results .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
