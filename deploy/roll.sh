#!/bin/sh
# Bring up the image IMAGE without anybody noticing: migrate while the old code runs, then one part after the other.
# To go back: the same with the image before. A part has to be well before the next one goes; the first that is not ends
# it, and the rest stays as it was. The proxy comes last and takes over its own file, if that has changed.
set -eu
cd "$(dirname "$0")"
docker pull --quiet "$IMAGE"
docker tag "$IMAGE" vannilli:latest
docker compose run --rm migrate
for part in server-a server-b worker-a worker-b; do
    docker compose up --detach --no-deps --wait "$part"
done
docker compose up --detach --no-deps --wait caddy
docker compose exec -T caddy caddy reload --config /etc/caddy/Caddyfile
docker image prune --force >/dev/null
