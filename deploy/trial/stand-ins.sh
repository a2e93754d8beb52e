#!/usr/bin/env bash
# Images under the real names where the real ones cannot be pulled: Debian, this checkout's Node with the machine's npm,
# and Debian's Valkey. Prints one line for each. Only for trials: never push them anywhere.
# usage: stand-ins.sh FOLDER           (needs root and debootstrap where something is missing)
set -euo pipefail
folder=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
base=outpaint-trial/debian:bookworm
mkdir -p "$folder"

had() {
  docker image inspect "$1" >/dev/null 2>&1 || timeout 60 docker pull --quiet "$1" >/dev/null 2>&1
}

stand_in() {
  [ "$(docker image inspect --format '{{index .Config.Labels "outpaint.stand-in"}}' "$1")" = true ]
}

debian() {
  docker image inspect "$base" >/dev/null 2>&1 && return
  [ -d "$folder/rootfs/etc" ] || debootstrap --variant=minbase --include=ca-certificates bookworm "$folder/rootfs" >"$folder/debootstrap.log"
  # A machine behind a proxy of its own has certificates that a bare Debian lacks.
  cp /etc/ssl/certs/ca-certificates.crt "$folder/rootfs/etc/ssl/certs/ca-certificates.crt"
  tar -C "$folder/rootfs" -c . | docker import - "$base" >/dev/null
}

node() {
  local context=$folder/node
  rm -rf "$context" && mkdir -p "$context"
  cp -L "$here"/node_modules/.bin/../node-linux-*/bin/node "$context/node"
  cp -rL "$(npm root --global 2>/dev/null)/npm" "$context/npm"
  printf '%s\n' "FROM $base" \
    'RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends libatomic1 && rm -rf /var/lib/apt/lists/*' \
    'COPY node /usr/local/bin/node' 'COPY npm /usr/local/lib/node_modules/npm' \
    'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx' \
    'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt npm_config_cafile=/etc/ssl/certs/ca-certificates.crt' \
    >"$context/Dockerfile"
  docker build --quiet --label outpaint.stand-in=true --tag "$1" "$context" >/dev/null
}

valkey() {
  local context=$folder/valkey
  rm -rf "$context" && mkdir -p "$context"
  printf '%s\n' "FROM $base" \
    'RUN echo "deb http://deb.debian.org/debian bookworm-backports main" >/etc/apt/sources.list.d/backports.list && apt-get update -qq && apt-get install -y -qq --no-install-recommends -t bookworm-backports valkey-server valkey-tools && rm -rf /var/lib/apt/lists/*' \
    'VOLUME /data' >"$context/Dockerfile"
  docker build --quiet --label outpaint.stand-in=true --tag "$1" "$context" >/dev/null
}

for image in node:26-bookworm-slim valkey/valkey:8.1-alpine; do
  if ! had "$image"; then
    debian
    case $image in node:*) node "$image" ;; *) valkey "$image" ;; esac
  fi
  if stand_in "$image"; then echo "$image: a stand-in made of Debian's packages"; else echo "$image: the real one"; fi
done
