.PHONY: help demo test compose-test simulate validate crash-matrix chaos bench bench-peers bench-search bench-parse fuzz sdk-conformance build up down status clean format-check install

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

demo: ## Install, build, start a local cluster, upload documents, search
	@scripts/demo

test: ## Install, build and run all tests against a real PostgreSQL and broker
	@scripts/test

compose-test: ## Run docker-compose.yml on a container engine: scale, kill, drain, restart
	@scripts/compose-test

simulate: ## Run the workers and the reconciler in simulated clusters (SEEDS=1000, or SEED=n)
	@scripts/simulate

crash-matrix: ## Kill and freeze each program at each of its steps (ONLY='flusher kill')
	@scripts/crash-matrix

chaos: ## Process documents while programs and servers fail at random (MINUTES=5)
	@scripts/chaos

validate: ## Run the acceptance scenarios and write docs/validation.md (ONLY=Errors)
	@scripts/validate

bench: ## Compare the pipeline with the limits of its servers (TURNS=5, ONLY=dispatch)
	@scripts/bench

bench-peers: ## Compare it with its alternatives (TURNS=5)
	@scripts/bench-peers

bench-search: ## Measure what searches find on test sets in BEIR's form (DATA=folder)
	@scripts/bench-search

bench-parse: ## Measure how well PDFs are parsed, beside other parsers (MADE=6)
	@scripts/bench-parse

fuzz: ## Feed mutated documents to the parsers (MINUTES=1 per format, ONLY=html)
	@scripts/fuzz

sdk-conformance: ## Call mock-services with the official Python SDKs
	@scripts/sdk-conformance

install: ## Install missing packages and the runtime
	@scripts/install-dependencies

build: install ## Build the programs for production
	@scripts/build

up: build ## Start the local cluster
	@.build/release/millrace up

down: ## Stop the cluster; its data are kept
	@scripts/down

status: ## Show the pipeline and the processes
	@.build/release/millrace status

format-check: ## Check the format of the sources
	@swift format lint --strict --recursive Package.swift Migrations Sources Tools Tests \
		Benchmarks/Package.swift Benchmarks/Sources

clean: down ## Stop the cluster and delete its data, the runtime and all builds
	@scripts/clean
