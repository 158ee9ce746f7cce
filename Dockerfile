# The product as an image; the tests do not build it. One image, several commands (docker-compose.yml).
FROM python:3.13-slim-trixie

WORKDIR /srv/traza
COPY requirements/apt.txt requirements/base.txt requirements/
# The packages above the line "# tests" of the one list that bin/ reads too.
RUN apt-get update \
    && sed '/^# tests/,$d; /^#/d' requirements/apt.txt | xargs apt-get install -y --no-install-recommends \
    && rm -rf /var/lib/apt/lists/* \
    && python -m pip install --no-cache-dir --require-hashes -r requirements/base.txt
COPY manage.py ./
COPY einvoice_trace/ einvoice_trace/
COPY invoices/ invoices/
COPY notifications/ notifications/
COPY templates/ templates/
COPY static/ static/
COPY docs/guia/ docs/guia/
# The volume takes over who owns the folder.
RUN useradd --system --uid 10001 --home-dir /srv/traza traza && install -d -o traza -m 750 /var/lib/traza
ENV APP_ENV=prod VAR_DIR=/var/lib/traza PYTHONUNBUFFERED=1
USER traza
VOLUME /var/lib/traza
EXPOSE 8000
CMD ["gunicorn", "einvoice_trace.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--logger-class", "einvoice_trace.server.ServerLog"]
