# One image with both programs: `node apps/worker/dist/main.js` (its default) and `outpaint`.
# To pin what is below for good, append the digest that `docker buildx imagetools inspect node:26-bookworm-slim` prints
# (node:26-bookworm-slim@sha256:…) to both FROM lines, and let a bot raise it.

FROM node:26-bookworm-slim AS build
WORKDIR /src
# The versions that the lockfile names and nothing else; no git hooks, no questions.
ENV CI=true pnpm_config_verify_deps_before_run=false
# The manifests first: a change of source alone leaves the two installations in the cache.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages/shared/package.json packages/shared/
COPY apps/worker/package.json apps/worker/
COPY apps/producer/package.json apps/producer/
COPY apps/console/package.json apps/console/
# The production tree first, and put aside. Without optional packages: they are another Node, for machines with an old
# one, and a native decoder that BullMQ runs without. What is left is JavaScript only, the same on every processor.
RUN npx -y pnpm@12.21.0 install --prod --no-optional --frozen-lockfile --filter "@outpaint/worker..." --filter "@outpaint/producer..." \
  && mkdir -p /app \
  && tar -c node_modules packages/shared apps/worker apps/producer | tar -x -C /app
RUN npx -y pnpm@12.21.0 install --frozen-lockfile --filter outpaint --filter "@outpaint/worker..." --filter "@outpaint/producer..." --filter "@outpaint/console..."
COPY tsconfig.base.json ./
COPY packages/shared packages/shared
COPY apps/worker apps/worker
COPY apps/producer apps/producer
COPY apps/console apps/console
RUN npx -y pnpm@12.21.0 --filter "@outpaint/worker..." --filter "@outpaint/producer..." --filter "@outpaint/console..." run build \
  && for part in packages/shared apps/worker apps/producer; do cp -r $part/dist /app/$part/dist; done \
  && mkdir -p /app/apps/console && cp -r apps/console/dist /app/apps/console/dist \
  && chmod 755 /app/apps/producer/dist/main.js
COPY deploy/create-bucket.mjs /app/packages/shared/create-bucket.mjs
# Types and source maps are for people who compile against a package; licences stay.
RUN find /app \( -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' -o -name '*.map' -o -name '*.tsbuildinfo' \) -type f -delete

FROM node:26-bookworm-slim
# Package managers have no work to do in here.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-* \
  && ln -s /app/apps/producer/dist/main.js /usr/local/bin/outpaint
ENV NODE_ENV=production
WORKDIR /app
# Owned by root and not writable for the user that runs it.
COPY --from=build /app /app
# By number, so that a cluster can check that it is not root; in Node's own image it is the user `node`.
USER 1000:1000
# The worker then takes no new work, ends or releases what it has in hand, and exits with 0.
STOPSIGNAL SIGTERM
CMD ["node", "apps/worker/dist/main.js"]
