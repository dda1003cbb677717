#!/usr/bin/env bash
# Redis 7 over TLS, every vote fsynced before its answer (appendfsync always).
# A vote is one atomic script: SET NX of the ballot id, HINCRBY of the tally, XADD to the ballot log.
# usage: redis.sh CONNECTIONSxWINDOW...
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

need redis-server redis-tools gcc libc6-dev libssl-dev openssl iproute2
compile redis_client -lssl -lcrypto
make_cert
port=$(port)
# auto-aof-rewrite off: no background rewrite during the short run (in favour of Redis).
start redis-server --port 0 --tls-port "$port" --bind 127.0.0.1 --dir "$work" --save '' \
    --tls-cert-file "$work/cert.pem" --tls-key-file "$work/key.pem" --tls-auth-clients no --tls-protocols TLSv1.3 \
    --appendonly yes --appendfsync always --auto-aof-rewrite-percentage 0
wait_port "$port"
cli() { redis-cli --tls --cacert "$work/cert.pem" -h 127.0.0.1 -p "$port" "$@"; }

sha=$(cli SCRIPT LOAD "
    if not redis.call('SET', KEYS[1], '1', 'NX') then return 0 end
    redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
    redis.call('XADD', KEYS[3], '*', 'b', KEYS[1], 'v', ARGV[1], 'k', ARGV[2])
    return 1")

for kind; do
    measure "$kind" "$build/redis_client" "$work/cert.pem" "$port" "$sha" "${kind%x*}" "${kind#*x}" "$seconds"
done
[[ $(cli XLEN l:1) == "$total" ]] || { echo "redis: ballots are missing from the log" >&2; exit 1; }
