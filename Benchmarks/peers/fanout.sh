#!/usr/bin/env bash
# Redis PUB/SUB over TLS: from publish until the last watcher has the message; 4 messages a second.
# usage: fanout.sh WATCHERS...
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

need redis-server gcc libc6-dev libssl-dev openssl iproute2
compile fanout_client -lssl -lcrypto
make_cert
port=$(port)
start redis-server --port 0 --tls-port "$port" --bind 127.0.0.1 --dir "$work" --save '' \
    --tls-cert-file "$work/cert.pem" --tls-key-file "$work/key.pem" --tls-auth-clients no --tls-protocols TLSv1.3
wait_port "$port"

for watchers; do
    "$build/fanout_client" "$work/cert.pem" "$port" "$pid" "$watchers" "$((4 * seconds))" 250 | sed "s/^/$watchers /"
done
