# shellcheck shell=bash
# Sourced by scripts that need a server of their own: makes a data directory, serves it on a free port, stops it.

# start_server BIN DATA: makes DATA with its demo poll and certificates and serves it on a free port of 127.0.0.1.
# Sets server_pid and server_address. Its log goes to DATA/server.log.
start_server() {
  local bin="$1" data="$2" port_file="$2/port" waited
  "$bin/binhchond" init "$data" --demo >"$data.init.log" 2>&1 || {
    cat "$data.init.log" >&2
    return 1
  }
  "$bin/binhchond" serve --config "$data/binhchon.yaml" --listen 127.0.0.1:0 --port-file "$port_file" \
    >"$data/server.log" 2>&1 &
  server_pid=$!
  for ((waited = 0; waited < 300; waited++)); do
    if [[ -s "$port_file" ]]; then
      server_address="127.0.0.1:$(<"$port_file")"
      return
    fi
    if ! kill -0 "$server_pid" 2>/dev/null; then break; fi
    sleep 0.1
  done
  echo "the server did not come up; its log:" >&2
  cat "$data/server.log" >&2
  return 1
}

# stop_server: SIGTERM, then waits for the drain to end. Fails unless the server exits with 0. Does nothing twice.
stop_server() {
  local pid="${server_pid-}"
  server_pid=
  if [[ -z "$pid" ]]; then return; fi
  kill -TERM "$pid" 2>/dev/null || true
  wait "$pid"
}
