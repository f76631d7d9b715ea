# make check is what CI runs. go build and go test need nothing but Go; the
# other targets name what they need.
GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo 0.0.0)
FUZZTIME ?= 30s
BENCH   ?= .

MODULES = . azcred .ci/tools .ci/clients/go .ci/clients/hamilton .ci/clients/rclone

.PHONY: tidy-check clients clients-browser clients-files build test race vet fmt-check lint generate generate-check fidelity image bench bench-wire trace fuzz storm storm-check release check clean schemas-check

build: ## bin/graph-emulator
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-X github.com/graph-emulator/graph-emulator/emulator.release=$(VERSION)" -o bin/graph-emulator ./cmd/graph-emulator

test:
	$(GO) test ./...

race: ## the tests with the race detector; needs a C compiler
	$(GO) test -race -timeout 30m ./...

fmt-check:
	@files=$$(gofmt -l .); [ -z "$$files" ] || { echo "not formatted:"; echo "$$files"; exit 1; }

tidy-check: ## the requirements of every module are those of its imports
	@for m in $(MODULES); do (cd $$m && $(GO) mod tidy -diff) || { echo "$$m: run go mod tidy"; exit 1; }; done

vet:
	$(GO) vet ./...

lint: ## staticcheck, from a module of its own so that ours stays small
	GOFLAGS=-mod=mod $(GO) build -C .ci/tools -o $(CURDIR)/bin/staticcheck honnef.co/go/tools/cmd/staticcheck
	bin/staticcheck ./...

generate:
	$(GO) generate ./...

generate-check: ## go generate must leave every file as it is; needs git
	.ci/generate-check

fidelity: ## docs/FIDELITY.md: how much answers look like recorded ones; needs ../shared/recordings
	$(GO) run ./cmd/graph-emulator verify --shape --format markdown ../shared/recordings/*.jsonl.gz > docs/FIDELITY.md.new || { rm -f docs/FIDELITY.md.new; exit 1; }
	mv docs/FIDELITY.md.new docs/FIDELITY.md

image: ## build the image and try it; needs Debian and root, but no Docker
	.ci/image

clients: build ## clients of others, and the credential for them, from modules of their own; needs node 20 and npm
	cd azcred && $(GO) vet ./... && $(GO) test ./...
	cd .ci/clients/go && $(GO) vet ./... && $(GO) test -count=1 ./...
	.ci/clients/hamilton/run
	npm ci --prefix .ci/clients/js --no-audit --no-fund --loglevel=error
	npm test --prefix .ci/clients/js
	npm ci --prefix .ci/clients/m365 --no-audit --no-fund --loglevel=error
	npm test --prefix .ci/clients/m365

clients-files: build ## rclone and onedrive, which keep files; needs curl, jq, util-linux and Debian's onedrive
	.ci/clients/rclone/run
	.ci/clients/onedrive/run

clients-browser: build ## a page that signs in, in a real browser; needs node 20, npm, and Debian's chromium and libnss3-tools
	npm ci --prefix .ci/clients/browser --no-audit --no-fund --loglevel=error
	npm test --prefix .ci/clients/browser

bench:
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem ./...

bench-wire: build ## the server and a bare one from outside, in turns; BENCH_WIRE="--rounds 3" says otherwise; needs Linux
	$(GO) run ./cmd/graph-bench $(BENCH_WIRE)

trace: ## counts the calls of a request and their steps from package to package
	$(GO) run ./cmd/graph-trace

storm: ## 500,000 random requests; STORM="--requests 50000 --workers 4 --seed 7" says otherwise
	$(GO) run ./cmd/graph-storm $(or $(STORM),--requests 500000)

storm-check: ## 20,000 of them
	$(GO) run ./cmd/graph-storm --requests 20000

fuzz: ## every fuzz target for FUZZTIME
	.ci/fuzz $(FUZZTIME)

release: ## binaries, image archive and checksums in dist/
	VERSION=$(VERSION) .ci/release

# The tests come last, so that their closing lines end the output.
check: fmt-check tidy-check vet lint generate-check schemas-check clients clients-files clients-browser image storm-check race

clean:
	rm -rf bin dist

schemas-check: ## the type files for ajv, a validator that is not ours; needs node and npm
	npm ci --prefix .ci/ajv --no-audit --no-fund --loglevel=error
	node .ci/ajv/check.mjs
