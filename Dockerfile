# numink to serve, and nothing else: no compiler, no pip of its own, no torch.
#   docker build -t numink .
#   docker run --rm -p 8080:8080 --read-only --tmpfs /tmp numink
# The Python is the one that the tests run on; CONTRIBUTING.md says how the digest is renewed.
FROM python:3.11-slim@sha256:0dd364ba7e10242f07755449e3a3d0e35f9efd987952737b90def6709ab0c5ce AS python

FROM python AS build
RUN command -v strip >/dev/null || { apt-get update && apt-get install -y --no-install-recommends binutils; }
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY requirements requirements
COPY deploy/install.py deploy/
COPY src src
# EXTRAS: heic takes photos as iPhones keep them (27 MB).
ARG EXTRAS=cloudant,scoring
RUN python deploy/install.py /opt/numink "$EXTRAS"
COPY deploy/slim.py deploy/numink-job /opt/numink/bin/
RUN chmod 755 /opt/numink/bin/numink-job && /opt/numink/bin/python /opt/numink/bin/slim.py

FROM python
COPY --from=build /opt/numink /opt/numink
ENV PATH=/opt/numink/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=268435456 \
    HOME=/tmp \
    NUMINK_HOST=0.0.0.0 \
    NUMINK_STORE=sqlite:////tmp/numink/numink.db \
    NUMINK_OUTBOX=/tmp/numink/outbox.db
# The base image has an installer, which has no business here, and its Python is not compiled, which a read-only file
# system would pay for at each start: one picture read leaves what is needed.
RUN rm -rf /usr/local/lib/python3*/site-packages/* /usr/local/lib/python3*/ensurepip /usr/local/bin/pip* \
 && python /opt/numink/bin/slim.py warm && rm /opt/numink/bin/slim.py
ENV PYTHONDONTWRITEBYTECODE=1
# For a volume, whatever the user's number. Without one the history is in /tmp, and gone with the container.
RUN install -d -m 1777 /data
WORKDIR /tmp
# A number, so that a cluster can see that it is not root.
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
  CMD ["python", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ.get('PORT', '8080') + '/healthz', timeout=4)"]
# PORT is what Code Engine and its like say; exec, so that SIGTERM reaches numink.
CMD ["sh", "-c", "exec numink serve --port \"${PORT:-8080}\""]
