#!/bin/sh
# Start, call, reset, stop. The file that --ready-file names holds the address once the server answers.
set -eu

dir=$(mktemp -d)
graph-emulator serve --listen 127.0.0.1:0 --log-level error --ready-file "$dir/url" >/dev/null &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" || true; rm -rf "$dir"' EXIT

until [ -s "$dir/url" ]; do
	kill -0 "$server" # it ended before it listened
	sleep 0.1
done
url=$(cat "$dir/url")

groups() { curl -fsS "$url/v1.0/groups/\$count" -H 'ConsistencyLevel: eventual'; }

echo "groups: $(groups)"
curl -fsS "$url/v1.0/groups" -H 'Content-Type: application/json' -o /dev/null -w 'created: %{http_code}\n' \
	-d '{"displayName": "Night Watch", "mailNickname": "night", "mailEnabled": false, "securityEnabled": true}'
echo "groups: $(groups)"
curl -fsS -X POST "$url/_emulator/reset" -o /dev/null -w 'reset: %{http_code}\n'
echo "groups: $(groups)"
