# syntax=docker/dockerfile:1
ARG NODE=22-bookworm-slim

FROM node:${NODE} AS build
WORKDIR /app
ENV NEXT_TELEMETRY_DISABLED=1
COPY package.json package-lock.json .npmrc prisma.config.ts ./
COPY prisma ./prisma
COPY local/schema-engine.mjs ./local/schema-engine.mjs
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

# Next and what it needs at run time; no secret of a source or a sink ever gets here.
FROM node:${NODE} AS portal
WORKDIR /app
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1
COPY --from=build --chown=root:root /app/package.json /app/next.config.ts ./
COPY --from=build --chown=root:root /app/node_modules ./node_modules
COPY --from=build --chown=root:root /app/.next ./.next
# The one folder that Next writes to at run time.
RUN rm -rf .next/cache && mkdir -p .next/cache && chown node:node .next/cache
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/sign-in').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "node_modules/next/dist/bin/next", "start", "-H", "0.0.0.0", "-p", "3000"]

# The bundles carry everything in them; migrations and seed run from this image as well.
FROM node:${NODE} AS worker
WORKDIR /app
ENV NODE_ENV=production SPILLWAY_WORKER_KEY_FILE=/var/lib/spillway/worker.key SPILLWAY_WORKER_HEALTH_PORT=9464
RUN mkdir -p /var/lib/spillway && chown node:node /var/lib/spillway && chmod 0700 /var/lib/spillway
COPY --from=build --chown=root:root /app/dist ./dist
COPY --from=build --chown=root:root /app/prisma/migrations ./prisma/migrations
USER node
VOLUME /var/lib/spillway
# The health server listens inside of the container only.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/worker.mjs"]
