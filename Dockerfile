# The image of graph-emulator: one static binary and two mount points.
#   docker build -t graph-emulator .
#   docker run --rm -p 127.0.0.1:3650:3650 graph-emulator
ARG GO_IMAGE=golang:1.26

FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS
ARG TARGETARCH
ARG VERSION
# Empty folders are made here: the last stage has no shell to make them with.
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false -ldflags "-s -w -X github.com/graph-emulator/graph-emulator/emulator.release=$VERSION" -o /out/graph-emulator ./cmd/graph-emulator \
    && mkdir -p /out/data /out/fixtures

FROM scratch
ARG VERSION
LABEL org.opencontainers.image.title="graph-emulator" \
      org.opencontainers.image.description="A local Microsoft Graph for testing Graph clients" \
      org.opencontainers.image.source="https://github.com/graph-emulator/graph-emulator" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION"
COPY --from=build /out/graph-emulator /graph-emulator
COPY --from=build /out/fixtures /fixtures
COPY --from=build --chown=65532:65532 /out/data /data
# A number, so that Kubernetes can see that it is not root.
USER 65532:65532
# Variables and not flags: a flag of the user replaces them.
ENV GRAPH_EMULATOR_FIXTURES=/fixtures \
    GRAPH_EMULATOR_DATA=/data
VOLUME ["/data"]
EXPOSE 3650
HEALTHCHECK --interval=5s --timeout=3s --retries=3 CMD ["/graph-emulator", "health"]
ENTRYPOINT ["/graph-emulator", "serve", "--listen", "0.0.0.0:3650"]
