# `make run` and `make test` are the two commands a newcomer needs; both work offline afterwards.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# Two workers take a file each, in the order of tests/conftest.py. What each test stood on is noted,
# so that what stood on no database and no store is not run a second time on servers.
TESTS := --numprocesses 2 --dist loadfile --no-loadscope-reorder
STOOD := var/backends.txt

# The files that touch a store or a database most; ON_SERVERS=tests runs everything, in ten minutes.
ON_SERVERS := $(patsubst %,tests/test_%.py,stores slack_matrix slack_questions \
  slack_card_views slack_request_cards web_requests request_lists \
  audit_commands images check_page)

.PHONY: run test test-server check bench soak offline-check screenshots install lock format clean

run: install
	@$(BIN)/policybot serve

test: install
	@$(BIN)/pytest $(TESTS) --backends $(STOOD)

test-server: install
	@POLICYBOT_BACKENDS=server $(BIN)/pytest $(TESTS) --leave-out $(STOOD) $(ON_SERVERS)

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m bench.docs --check
	$(MAKE) --no-print-directory test

bench: install
	@$(BIN)/python -m bench.run
	@$(BIN)/python -m bench.scale --clauses 10000
	@$(BIN)/python -m bench.retrieval $(RETRIEVAL)

soak: install
	@$(BIN)/python -m bench.soak

offline-check: install
	@$(BIN)/python -m bench.offline

screenshots: install
	@$(BIN)/python -m bench.screenshots

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

install: $(STAMP)

$(STAMP): requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; try: make PYTHON=python3.12 run" >&2; rm -rf $(VENV); exit 1; }
	$(BIN)/python -m pip install --disable-pip-version-check --quiet -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $(STAMP)

lock: install
	@$(BIN)/python -m bench.lock

clean:
	rm -rf $(VENV) var dist build
