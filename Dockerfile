# One image for every process of Vidhuk: docs/deployment.md. The command says which one it becomes.
FROM python:3.13-slim-bookworm AS libraries
WORKDIR /build
COPY requirements.txt .
# Wheels only, each with its locked hash: nothing is compiled and no code of a library runs while it is installed.
RUN python -m venv --without-pip /opt/vidhuk/.venv \
 && python -m pip --python /opt/vidhuk/.venv/bin/python install --no-cache-dir --disable-pip-version-check \
    --require-hashes --only-binary :all: -r requirements.txt

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/vidhuk --create-home --shell /usr/sbin/nologin vidhuk \
 && python -m pip uninstall --yes --quiet --root-user-action ignore pip
COPY --from=libraries /opt/vidhuk/.venv /opt/vidhuk/.venv
WORKDIR /opt/vidhuk
COPY wsgi.py LICENSE ./
COPY static static
COPY migrations migrations
COPY worker worker
COPY app app
ENV PATH=/opt/vidhuk/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    DATA_DIR=/var/lib/vidhuk
RUN python -m compileall -q app worker migrations wsgi.py
# Only now: what is compiled above is kept, and nothing has to be written while it runs.
ENV PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ.get('PORT', '8000') + '/healthz', timeout=4)"]
CMD ["python", "-m", "worker", "web"]
