#!/usr/bin/env bash
# PostgreSQL 15 over TLS 1.3, fsync and synchronous_commit on: single votes and batches of 100, prepared statements.
# usage: postgres.sh SCRIPTxCLIENTS...      (single or batch100)
#        PAPER_FILE=file.csv postgres.sh copy     (COPY of it into a table whose key finds a row that is there twice)
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

need postgresql-15 openssl iproute2
bin=/usr/lib/postgresql/15/bin
make_cert
port=$(port)
data=$work/data
chmod 711 "$work"
install -d -o postgres -m 700 "$data"
install -o postgres -m 600 "$work/key.pem" "$work/pgkey.pem"
as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups)      # it refuses to run as root
(cd / && "${as_postgres[@]}" "$bin/initdb" -D "$data" --auth=trust -E UTF8 >/dev/null)
cat >>"$data/postgresql.conf" <<END
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
ssl = on
ssl_cert_file = '$work/cert.pem'
ssl_key_file = '$work/pgkey.pem'
ssl_min_protocol_version = 'TLSv1.3'
fsync = on
synchronous_commit = on
shared_buffers = 1GB
max_wal_size = 8GB
END
start "${as_postgres[@]}" "$bin/postgres" -D "$data"
wait_port "$port"
export PGHOST=127.0.0.1 PGPORT=$port PGUSER=postgres PGDATABASE=postgres PGSSLMODE=verify-full PGSSLROOTCERT=$work/cert.pem
sql() { psql -X -q -v ON_ERROR_STOP=1 "$@"; }
for i in {1..50}; do sql -c 'SELECT 1' >/dev/null 2>&1 && break; sleep 0.1; done

fresh_tables() {
    sql 2>/dev/null <<'END'
DROP TABLE IF EXISTS ballots, tally;
CREATE TABLE ballots(poll int, ballot_id uuid, unit int, kiosk int, choice int, at timestamptz, PRIMARY KEY (poll, ballot_id));
CREATE TABLE tally(poll int, unit int, choice int, votes bigint, PRIMARY KEY (poll, unit, choice));
INSERT INTO tally SELECT 1, u, c, 0 FROM generate_series(0, 99) u, generate_series(0, 3) c;
CHECKPOINT;
END
}

# uuid stands for the 16 random bytes of a ballot id; the server draws it, as pgbench cannot.
tail_sql="ON CONFLICT DO NOTHING RETURNING poll, unit, choice)
    INSERT INTO tally SELECT poll, unit, choice, count(*) FROM fresh GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (poll, unit, choice) DO UPDATE SET votes = tally.votes + excluded.votes;"
one_line() { tr -s '\n ' '  '; echo; }
{
    printf '\\set u random(0, 99)\n\\set k random(0, 999)\n\\set c random(0, 3)\n'
    one_line <<<"WITH fresh AS (INSERT INTO ballots VALUES (1, gen_random_uuid(), :u, :k, :c, now()) $tail_sql"
} >"$work/single.sql"
{
    for i in {1..100}; do printf '\\set u%d random(0, 99)\n\\set c%d random(0, 3)\n' "$i" "$i"; done
    values=$(for i in {1..100}; do printf "(1, gen_random_uuid(), :u%d, 7, :c%d, now())," "$i" "$i"; done)
    one_line <<<"WITH fresh AS (INSERT INTO ballots VALUES ${values%,} $tail_sql"
} >"$work/batch100.sql"

run_pgbench() { # script votes_per_transaction clients : as `measure` wants it
    local user sys TIMEFORMAT='%U %S'
    rm -f "$work"/log.*
    { time pgbench -n -c "$3" -j "$(($3 > 1 ? 2 : 1))" -M prepared -T "$seconds" -f "$work/$1.sql" \
        -l --log-prefix="$work/log" >"$work/pgbench" 2>"$work/err"; } 2>"$work/time" || { cat "$work/err" >&2; return 1; }
    read -r user sys <"$work/time"
    awk '{ print $3 / 1000 }' "$work"/log.* | sort -n >"$work/latency"
    awk -v per="$2" -v cpu="$(calc "$user + $sys")" '
        /^tps/ { tps = $3; next }
        NF == 1 { v[++n] = $1 }
        END { print n * per, n / tps, v[int(n * .5) + 1], v[int(n * .99) + 1], cpu }' "$work/pgbench" "$work/latency"
}
copy_paper() {
    local before began took server all user sys TIMEFORMAT='%U %S'
    sql 2>/dev/null <<'END'
DROP TABLE IF EXISTS sheet;
CREATE TABLE sheet(sheet text, unit text, day date, question text, level text, count int, sheets int, note text,
    PRIMARY KEY (sheet, unit, day, question, level));
CHECKPOINT;
END
    before=$(cpu "$pid") began=$(date +%s.%N)
    { time PGOPTIONS='-c datestyle=dmy' sql -c "\\copy sheet FROM '$PAPER_FILE' CSV HEADER"; } 2>"$work/time"
    took=$(calc "$(date +%s.%N) - $began" 6)
    sleep 0.1       # the ended children of a server become part of its account
    server=$(calc "$(cpu "$pid") - $before")
    all=$(sql -At -c 'SELECT count(*) FROM sheet')
    [[ $all == $(($(wc -l <"$PAPER_FILE") - 1)) ]] || { echo "postgres: $all rows copied" >&2; return 1; }
    read -r user sys <"$work/time"
    out copy rows "$all"
    out copy rows_per_s "$(calc "$all / $took" 0)"
    out copy seconds "$took"
    out copy server_cpu_s "$server"
    out copy client_cpu_s "$(calc "$user + $sys")"
}

for kind; do
    if [[ $kind == copy ]]; then copy_paper; continue; fi
    script=${kind%x*} votes=1
    if [[ $script == batch100 ]]; then votes=100; fi
    fresh_tables
    measure "$kind" run_pgbench "$script" "$votes" "${kind#*x}"
    [[ $(sql -At -c 'SELECT count(*) FROM ballots') == "$(sql -At -c 'SELECT sum(votes) FROM tally')" ]] ||
        { echo "postgres: tally and ballots differ" >&2; exit 1; }
done
