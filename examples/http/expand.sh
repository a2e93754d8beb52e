#!/bin/sh
# Hands one expansion to outpaint over HTTP and waits for its end.
#   OUTPAINT_URL=http://127.0.0.1:8080 OUTPAINT_TOKEN=op_… sh expand.sh https://cdn.example.com/1042.jpg sku-1042
set -eu
url=${OUTPAINT_URL:-http://127.0.0.1:8080}
auth=${OUTPAINT_TOKEN:+"authorization: Bearer $OUTPAINT_TOKEN"}
call() { curl --silent --show-error --fail-with-body ${auth:+--header "$auth"} "$@"; }

# The same key for every try of the same picture: whatever is lost on the way, it is paid once.
answer=$(call --retry 5 --retry-connrefused --header 'content-type: application/json' --header "idempotency-key: shop-$2" \
  --data "{\"batch\":\"shop\",\"custom_id\":\"$2\",\"source\":\"$1\",\"parameters\":{\"output_ratio\":\"16:9\"}}" "$url/v1/expansions")
id=$(echo "$answer" | sed -E 's/.*"expansion_id":"([^"]+)".*/\1/')
echo "$id"
[ "${WAIT:-yes}" = yes ] || exit 0
while :; do
  status=$(call "$url/v1/expansions/$id" | sed -E 's/.*"status":"([a-z_]+)","hop".*/\1/')
  case $status in delivered | dead_lettered | cancelled | in_doubt) break ;; esac
  sleep 5
done
echo "$status"
