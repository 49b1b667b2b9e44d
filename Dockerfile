# syntax=docker/dockerfile:1
# Two images: `product` runs the web processes, the conductor and the migration; `proxy` is Caddy
# without root and without capabilities.

FROM python:3.11-slim-bookworm AS packages
WORKDIR /talktech
RUN python -m venv /venv
COPY requirements.txt ./
RUN /venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary=:all: -r requirements.txt

FROM python:3.11-slim-bookworm AS product
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 STATIC_HASHED=true
WORKDIR /talktech
COPY --from=packages /venv /venv
COPY manage.py ./
COPY talktech talktech
COPY people people
COPY curation curation
COPY chat chat
COPY transcripts transcripts
COPY templates templates
COPY static static
# The settings need a secret; this one signs nothing and stays in this step.
RUN SECRET_KEY=only-while-static-files-are-collected DATABASE_URL=sqlite://:memory: python manage.py collectstatic --noinput
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-m", "talktech.server.healthcheck", "8000"]
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0", "--port", "8000"]

FROM caddy:2 AS proxy
# The image's program file has the capability to open low ports, and does not start without it; a
# copy of the file has none. Certificates get a folder that this user owns.
RUN cp /usr/bin/caddy /usr/local/bin/caddy && mkdir -p /kept && chown 10001:10001 /kept
COPY Caddyfile /etc/caddy/Caddyfile
ENV XDG_DATA_HOME=/kept XDG_CONFIG_HOME=/tmp
USER 10001:10001
