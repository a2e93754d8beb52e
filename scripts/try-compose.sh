#!/usr/bin/env bash
# Brings docker-compose.yml up with a stand-in for the API, runs a batch, kills each container during one of its own, and
# checks that nothing was lost and nothing billed twice. Not part of `pnpm test`: it takes some minutes and a Docker engine,
# for which it starts one of its own where none runs (as root, with Debian's docker.io, iptables and debootstrap installed).
# usage: scripts/try-compose.sh [FOLDER]     what it made stays in FOLDER if one is named, which makes the next run faster
set -euo pipefail
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=${1:-$(mktemp -d)}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
say() { printf '%s %s\n' "$(date +%T)" "$*"; }
fail() { say "FAILED: $*"; exit 1; }

engine=
if ! docker version >/dev/null 2>&1; then
  command -v dockerd >/dev/null || fail 'no Docker engine: apt-get install --no-install-recommends docker.io iptables debootstrap'
  DOCKER_HOST=$("$checkout/deploy/trial/start-engine.sh" "$folder/engine")
  export DOCKER_HOST
  engine=$folder/engine
fi
if ! docker compose version >/dev/null 2>&1; then
  export DOCKER_CONFIG=$folder/config
  [ -d "$DOCKER_CONFIG/cli-plugins" ] || "$checkout/deploy/trial/fetch-compose.sh" "$DOCKER_CONFIG"
fi

# The files as they are, in a folder of their own: a person's .env is neither read nor touched.
project=$folder/project
rm -rf "$project" && mkdir -p "$project/manifests"
(cd "$checkout" && git ls-files --cached --others --exclude-standard -z | xargs -0 ls -d 2>/dev/null | tar -c -T -) | tar -x -C "$project"
cat >"$project/.env" <<'SETTINGS'
DASHSCOPE_API_KEY=sk-sandbox
DASHSCOPE_BASE_URL=http://172.30.77.10:8080/api/v1
RESULT_HOSTS_ALLOWED=172.30.77.10
RESULT_ADDRESSES_ALLOWED=172.30.77.0/24
OUTPAINT_BUCKET=pictures
AWS_ACCESS_KEY_ID=trial-access-key
AWS_SECRET_ACCESS_KEY=trial-secret-key
SUBMIT_RATE_PER_SECOND=50
QUERY_RATE_PER_SECOND=200
POLL_DELAY_MS_MIN=200
POLL_DELAY_MS_MAX=1000
RETRY_DELAY_MS_MIN=200
RETRY_DELAY_MS_MAX=2000
TRANSIENT_ATTEMPTS_MAX=20
UPSTREAM_REQUEST_TIMEOUT_MS=3000
RESCUE_MARGIN_MS=3000
SETTINGS
export CHECKOUT=$checkout MANIFESTS=$project/manifests

say "$("$checkout/deploy/trial/stand-ins.sh" "$folder" | paste -sd ';')"
files=(--file "$project/docker-compose.yml" --file "$project/deploy/compose.trial.yml")
if docker image inspect versity/versitygw:v1.7.0 >/dev/null 2>&1 || timeout 60 docker pull --quiet versity/versitygw:v1.7.0 >/dev/null 2>&1; then
  say 'versity/versitygw:v1.7.0: the real one'
else
  files+=(--file "$project/deploy/compose.stand-in-s3.yml")
  say "versity/versitygw:v1.7.0: the sandbox's store in its place"
fi
compose() { docker compose --project-name outpaint-trial --project-directory "$project" "${files[@]}" "$@"; }
finish() {
  status=$?
  [ $status -eq 0 ] || compose logs --tail 15 --no-color 2>/dev/null | tail -n 60 || true
  compose --profile cli down --volumes --timeout 5 >/dev/null 2>&1 || true
  [ -z "$engine" ] || { kill "$(cat "$engine/docker.pid")" && while [ -e "$engine/docker.pid" ]; do sleep 0.2; done; }
  [ $# -gt 0 ] || rm -rf "$folder"
}
trap "finish ${1:+kept}" EXIT

# --- up -------------------------------------------------------------------------------------------------------------
begun=$SECONDS
compose build --quiet worker
say "image built in $((SECONDS - begun)) s"
compose up --detach --quiet-pull --scale worker=2 >/dev/null 2>"$folder/up.log" || { tail -n 20 "$folder/up.log"; fail 'compose up'; }
healthy() { # SERVICE: until every container of it is healthy
  local deadline=$((SECONDS + 300)) states
  while ((SECONDS < deadline)); do
    states=$(compose ps --quiet "$1" | xargs -r docker inspect --format '{{.State.Health.Status}}' | sort -u | paste -sd ,)
    [ "$states" = healthy ] && return
    sleep 0.5
  done
  fail "$1 is $states after 300 s"
}
for service in valkey s3 upstream worker; do healthy "$service"; done
say "up and healthy: $(compose ps --services --status running | sort | paste -sd ' '), $(compose ps --quiet worker | wc -l) workers"

bill() { compose exec -T upstream node -e 'fetch("http://127.0.0.1:8081").then(async (a) => console.log(await a.text()))'; }
field() { sed -E "s/.*\"$1\":(\[[^]]*\]|[0-9]+).*/\1/"; }
# Objects are files in the volume, with the real store and with its stand-in.
objects() { compose exec -T s3 find "/data/pictures/$1" -type f -name '*.jpg' | wc -l; }
manifest() { # NAME ROWS
  { echo custom_id,source,x_scale; for n in $(seq "$2"); do echo "$1-$n,http://172.30.77.10:8080/$1-$n.jpg,2"; done; } >"$MANIFESTS/$1.csv"
}
producer() { compose run --rm -T --no-deps producer "$@"; }

# --- a batch that nothing disturbs ----------------------------------------------------------------------------------
manifest calm 20
producer run calm.csv 2>"$folder/calm.log" | sed 's/^/  /' || { tail -n 20 "$folder/calm.log"; fail 'the calm batch'; }
seen=$(bill)
[ "$(echo "$seen" | field billed)" = 20 ] || fail "calm: the bill says $seen"
[ "$(objects calm)" = 20 ] || fail "calm: $(objects calm) objects"
say "calm: 20 rows, 20 objects, bill $seen"

# --- a batch for each container, which is killed while the batch is under way and started again -----------------------
ROWS=60
follow() { # BATCH: as often as its follower ends before the batch does
  local code
  for _ in $(seq 10); do
    code=0
    compose run --rm -T --no-deps --name "outpaint-trial-$1" producer run "$1.csv" || code=$?
    echo "exit $code"
    case $code in 0 | 3 | 6) return ;; esac
    sleep 2
    docker rm --force "outpaint-trial-$1" >/dev/null 2>&1 || true
  done
}
killing() { # SERVICE
  local service=$1 batch=without-$1 before container deadline=$((SECONDS + 300)) counts seen
  of() { echo "$counts" | tr -d ' \n' | grep -oE "\"$1\":[0-9]+" | sed -n 1p | cut -d: -f2; }
  manifest "$batch" $ROWS
  before=$(bill | field billed)
  follow "$batch" >"$folder/$batch.log" 2>&1 &
  local running=$!
  until seen=$(($(bill | field billed) - before)) && ((seen >= 5)); do
    ((SECONDS < deadline)) || { tail -n 20 "$folder/$batch.log"; fail "$batch: nothing is under way after 300 s"; }
    sleep 0.3
  done
  if [ "$service" = producer ]; then container=outpaint-trial-$batch; else container=$(compose ps --quiet "$service" | sed -n 1p); fi
  docker kill "$container" >/dev/null || fail "$batch: $service was not there to be killed"
  if [ "$service" != producer ]; then
    sleep 2
    docker start "$container" >/dev/null
    healthy "$service"
  fi
  wait $running
  counts=$(producer batch show "$batch" --json 2>/dev/null)
  say "$batch: $service killed when $seen of $ROWS were billed; delivered $(of delivered), in doubt $(of in_doubt), dead-lettered $(of dead_lettered), objects $(objects "$batch"); followers ended with $(grep -E '^exit' "$folder/$batch.log" | cut -d' ' -f2 | paste -sd ,)"
  [ "$(bill | field twice)" = '[]' ] || fail "$batch: billed twice: $(bill)"
  ((seen < ROWS)) || fail "$batch: it was over before $service was killed"
  [ $(($(of delivered) + $(of in_doubt))) = $ROWS ] || fail "$batch: lost: $counts"
  [ "$(objects "$batch")" = "$(of delivered)" ] || fail "$batch: objects and deliveries differ"
}
for service in worker valkey s3 producer; do killing "$service"; done
say "in all: bill $(bill)"

# --- an end in order, and what the image is --------------------------------------------------------------------------
workers=$(compose ps --quiet worker)
compose stop worker >/dev/null 2>&1
say "workers told to stop ended with $(echo "$workers" | xargs docker inspect --format '{{.State.ExitCode}}' | paste -sd ,)"
base=$(docker image inspect --format '{{.Size}}' node:26-bookworm-slim)
size=$(docker image inspect --format '{{.Size}}' outpaint)
say "image: $((size / 1000000)) MB, of which $(((size - base) / 1000000)) MB are ours; user $(docker image inspect --format '{{.Config.User}}' outpaint)"
inside() { docker run --rm --entrypoint sh outpaint -c "$1"; }
[ -z "$(inside 'command -v npm npx pnpm yarn tsc; ls -d node_modules/node-* node_modules/.pnpm/node-linux* node_modules/.pnpm/typescript* 2>/dev/null; true')" ] || fail 'the image holds what only a build needs'
[ "$(inside 'id -u; touch /app/x 2>/dev/null || echo refused')" = "$(printf '1000\nrefused')" ] || fail 'the image runs as root or can change itself'
say 'image: no package manager, no compiler, no second Node; its user cannot change its files'
say 'passed'
