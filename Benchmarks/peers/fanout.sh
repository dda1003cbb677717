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
    begun=$(cpu "$pid")
    "$build/fanout_client" "$work/cert.pem" "$port" "$watchers" 1 0 >/dev/null      # what connecting costs
    connected=$(cpu "$pid") all=$(busy)
    read -r n took first p50 p99 client < \
        <("$build/fanout_client" "$work/cert.pem" "$port" "$watchers" "$(calc "4 * $seconds" 0)" 250)
    used=$(calc "$(cpu "$pid") - $connected - ($connected - $begun)")
    out "$watchers" first_receive_p50_ms "$first"
    out "$watchers" p50_ms "$p50"
    out "$watchers" p99_ms "$p99"
    out "$watchers" server_cpu_us_per_op "$(calc "1000000 * $used / $n")"
    out "$watchers" server_busy "$(calc "$used / $took")"
    out "$watchers" client_busy "$(calc "$client / $took")"
    out "$watchers" others_busy "$(calc "($(busy) - $all - ($connected - $begun) - $used - $client) / $took")"
done
