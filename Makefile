# Central Intake: the everyday commands. `make help` lists them.
SHELL := /bin/sh
PYTHON_DIRS := intake routing tests bench

.PHONY: help demo install test check crash bench bench-odoo bench-clock bench-rules lock clean bench-webhooks

help: ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: ## Set up, then show the samples becoming tickets; Ctrl-C ends it
	@tools/setup.sh run
	@exec .venv/bin/intake demo

test: ## Set up, install and start what the tests talk to (Odoo too), and run all tests
	@tools/setup.sh dev
	@sh tests/servers/install.sh || [ -z "$$CI" ]
	@sh tests/servers/odoo_install.sh || [ -z "$$CI" ]
	@sh tests/servers/prism_install.sh || [ -z "$$CI" ]
	@sh tests/servers/trello_install.sh || [ -z "$$CI" ]
	@.venv/bin/python -m pytest -n auto --maxprocesses 4 --dist loadfile

install: ## As root: install the daemon as a systemd service that runs from this folder
	@tools/install.sh

check: ## Lint, format, types, layers and dead code
	@tools/setup.sh dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	.venv/bin/vulture

crash: ## The long crash test: 200 messages, at least 25 kills
	@tools/setup.sh dev
	@sh tests/servers/install.sh || [ -z "$$CI" ]
	@sh tests/servers/odoo_install.sh || [ -z "$$CI" ]
	@.venv/bin/python -m pytest -m long -s tests/crash

bench: ## Mailbox to acknowledgement, beside the bare limits of this machine; prints JSON
	@tools/setup.sh dev
	@sh tests/servers/install.sh || [ -z "$$CI" ]
	@.venv/bin/python -m bench.mail

bench-odoo: ## The same mails through us and through Odoo's own intake; prints JSON
	@tools/setup.sh dev
	@sh tests/servers/install.sh || [ -z "$$CI" ]
	@sh tests/servers/odoo_install.sh
	@.venv/bin/python -m bench.odoo

bench-clock: ## 100,000 open tickets with alarms, 10,000 changes: time, memory, delay; prints JSON
	@tools/setup.sh dev
	@.venv/bin/python -m bench.clock

bench-webhooks: ## Webhooks accepted a second, durably, beside an empty door; prints JSON
	@tools/setup.sh dev
	@.venv/bin/python -m bench.webhooks

bench-rules: ## What rules cost as their number grows; prints JSON
	@tools/setup.sh dev
	@.venv/bin/python -m bench.rules

lock: ## Make the lock files anew from pyproject.toml
	@tools/setup.sh dev
	@tools/lock.sh

clean: ## Remove the environment and the demo's data
	rm -rf .venv var build *.egg-info
