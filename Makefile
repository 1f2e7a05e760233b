# Everything a person types: `make help`. It needs make and Python 3.11 or newer, nothing else.

PORT ?= 5000
export JIEYE_DEMO ?= 1
# What one process has compiled the next one finds: the tests start some hundred.
export PYTHONDONTWRITEBYTECODE =
NEW_ENOUGH = -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$name $(NEW_ENOUGH) 2>/dev/null && echo $$name && break; done)
# One process has the browser, and all wait for servers, databases and disks much of the time: two more than cores.
PROCESSES ?= $(shell $(PYTHON) -c "import os; print((os.cpu_count() or 1) + 2)")
IN_VENV = @.venv/bin/python -m
CATALOGUES = $(patsubst %.po,%.mo,$(wildcard exam/translations/*/LC_MESSAGES/messages.po))

stop = { printf '\nStopped: %s\n' '$(1)' >&2; exit 1; }
NO_PYTHON = Jieye needs Python 3.11 or newer. Install one, or say where it is: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)
NO_VENV = no environment could be made in .venv; why stands above. On Debian or Ubuntu: sudo apt-get install python3-venv
NO_PACKAGES = the packages could not be installed; why stands above. Where PyPI is slow or blocked, name a mirror: \
	export PIP_INDEX_URL=https://your.mirror/simple

.PHONY: help run demo-reset setup test bench faults
.NOTPARALLEL:

help: ## Say what can be typed (this)
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 20
	@echo "Another port: make run PORT=5001. Another Python: make run PYTHON=python3.12."

run: setup ## Serve the site with its demo at http://127.0.0.1:5000
	@echo "1/4 Environment: .venv is ready"
	$(IN_VENV) flask --app wsgi start --port $(PORT)

demo-reset: setup ## Throw away what is in the demo and make it afresh
	$(IN_VENV) flask --app wsgi demo --reset

setup: .venv/run.stamp $(CATALOGUES) ## Only make the environment that the site runs in

test: .venv/test.stamp $(CATALOGUES) ## Check everything: style, layout, types, and all tests
	@echo "== 1/4 Style"
	$(IN_VENV) ruff check
	@echo "== 2/4 Layout"
	$(IN_VENV) ruff format --check
	@echo "== 3/4 Types"
	$(IN_VENV) mypy
	@echo "== 4/4 Tests"
	$(IN_VENV) pytest -n $(PROCESSES) --dist loadscope

bench: .venv/test.stamp $(CATALOGUES) ## Measure how fast the site is, beside pgbench; ARGS="--help" says what can be asked
	$(IN_VENV) tests.load $(ARGS)

faults: .venv/test.stamp $(CATALOGUES) ## Break servers, databases, networks and clocks under a hall of candidates; ARGS="--help"
	$(IN_VENV) tests.faults $(ARGS)

.venv/run.stamp: requirements.txt
.venv/test.stamp: requirements-dev.txt
.venv/%.stamp:
	@$(or $(PYTHON),false) $(NEW_ENOUGH) || $(call stop,$(NO_PYTHON))
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv || $(call stop,$(NO_VENV))
	@echo "== Environment: installing $< into .venv; the first time takes about half a minute"
	$(IN_VENV) pip install --disable-pip-version-check --require-hashes -r $< || $(call stop,$(NO_PACKAGES))
	@touch $@ .venv/run.stamp

%.mo: %.po .venv/run.stamp
	$(IN_VENV) babel.messages.frontend --quiet compile --input-file $< --output-file $@
