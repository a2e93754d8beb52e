#!/usr/bin/env bash
# Compose 2 for a Debian that packages only version 1: unpacks the next Debian's plug-ins, installs nothing.
# usage: fetch-compose.sh FOLDER       then DOCKER_CONFIG=FOLDER docker compose …
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
apt=$folder/apt
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$folder/cli-plugins"
echo 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main' >"$apt/list"
own=(-o APT::Sandbox::User=root -o "Dir::Etc::SourceList=$apt/list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache")
apt-get "${own[@]}" update -qq
(cd "$apt" && apt-get "${own[@]}" download -qq docker-compose docker-buildx 2>/dev/null)
for package in "$apt"/*.deb; do dpkg-deb -x "$package" "$apt/unpacked"; done
cp "$apt"/unpacked/usr/libexec/docker/cli-plugins/* "$folder/cli-plugins/"
rm -rf "$apt"
