#!/usr/bin/env bash
# A Docker engine of one's own in a folder, for a machine that has the packages but runs none. Prints its address.
# usage: start-engine.sh FOLDER        stop it: kill "$(cat FOLDER/docker.pid)"
set -euo pipefail
folder=$1
mkdir -p "$folder"
dockerd --host "unix://$folder/docker.sock" --data-root "$folder/data" --exec-root "$folder/exec" \
  --pidfile "$folder/docker.pid" >"$folder/dockerd.log" 2>&1 </dev/null &
for _ in $(seq 100); do
  if DOCKER_HOST="unix://$folder/docker.sock" docker version >/dev/null 2>&1; then
    echo "unix://$folder/docker.sock"
    exit 0
  fi
  sleep 0.3
done
tail -n 5 "$folder/dockerd.log" >&2
exit 1
