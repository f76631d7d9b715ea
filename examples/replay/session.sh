#!/bin/sh
# Records what a client asks of a server, ends the server, and answers the client from the recording.
# Without --upstream the server is Microsoft Graph.
set -eu

dir=$(mktemp -d)
server=
stop() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || true
	[ -z "$server" ] || wait "$server" || true
	server=
}
trap 'stop; rm -rf "$dir"' EXIT

# listen COMMAND... starts a server and sets url.
listen() {
	rm -f "$dir/url"
	graph-emulator "$@" --listen 127.0.0.1:0 --log-level error --ready-file "$dir/url" >/dev/null &
	server=$!
	until [ -s "$dir/url" ]; do
		kill -0 "$server"
		sleep 0.1
	done
	url=$(cat "$dir/url")
}

listen serve
graph-emulator record --to "$dir/session.yaml" --upstream "$url" --mode all -- \
	sh -c 'curl -fsS "$GRAPH_EMULATOR_URL/v1.0/me/displayName/\$value"'
echo " was recorded"
stop

listen replay "$dir/session.yaml"
curl -fsS "$url/v1.0/me/displayName/\$value"
echo " was replayed"
