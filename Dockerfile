# Aftercare: one image for every process; the command says which one it is.
#   docker build -t aftercare .
#   docker run --rm aftercare --help

FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No package needs its install script, and the build comes with the sources, below.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:20.20.2-bookworm-slim
# The Temporal client trusts the system's authorities, which the slim image leaves out.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=node --group=node /srv /data/lake /data/state /data/outbox
ENV NODE_ENV=production \
  AFTERCARE_LAKE=/data/lake \
  AFTERCARE_STATE=/data/state \
  AFTERCARE_OUTBOX=/data/outbox
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/sql ./sql
COPY --from=build /app/charts/fonts ./charts/fonts
COPY --from=build /app/examples ./examples
COPY --from=build /app/dist ./dist

USER node
# Monitors, and relative paths in them, count from here: /srv/monitors, /srv/data.
WORKDIR /srv
ENTRYPOINT ["node", "/app/dist/cli/main.js"]
CMD ["--help"]
