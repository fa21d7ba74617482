# The program in a container. The archive and the configuration are on the volume /data:
#   docker build -t writethru . && docker run --rm -v writethru:/data writethru init
#   docker run -v writethru:/data -p 127.0.0.1:8766:8766 writethru
# cron/compose.single.yaml runs it as one container, cron/compose.yaml as several on PostgreSQL.
FROM python:3.13-slim AS build
WORKDIR /opt/writethru
COPY .ci/uv.txt .ci/
RUN pip install --no-cache-dir --require-hashes --no-deps --only-binary :all: -r .ci/uv.txt
COPY pyproject.toml uv.lock README.md LICENSE NOTICE ./
COPY .ci/package .ci/package
COPY tracker tracker
COPY migrations migrations
COPY config config
COPY cron/writethru.service cron/
COPY docs/reference/writethru.1 docs/reference/
RUN uv sync --frozen --no-default-groups --all-extras --compile-bytecode \
  && .venv/bin/python -m compileall -q tracker migrations \
  && .venv/bin/python -c 'from tracker.web.templating import environment as e; [*map(e().get_template, e().list_templates())]'

FROM python:3.13-slim
# Pictures of changes are drawn with the fonts that are there. Debian keeps only the newest
# version of a package, so a pinned one would soon be missing.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends fonts-dejavu-core \
  && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /data writethru \
  && install --directory --owner writethru --mode 750 /data
COPY --from=build /opt/writethru /opt/writethru
ENV PATH=/opt/writethru/.venv/bin:$PATH \
  PYTHONUNBUFFERED=1 \
  PYTHONDONTWRITEBYTECODE=1 \
  WRITETHRU_CONFIG=/data/writethru.toml \
  WRITETHRU_DB=sqlite:////data/writethru.db \
  WRITETHRU_LISTEN=127.0.0.1:8765
# As a number, which Kubernetes needs to see that it is not root.
USER 10001
WORKDIR /data
VOLUME /data
# The web page. The health page stays inside: it asks for no password.
EXPOSE 8766
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8765/healthz', timeout=4)"]
ENTRYPOINT ["writethru"]
CMD ["run", "--migrate"]
