# numink to serve, and nothing else: no compiler, no pip of its own, no torch.
#   docker build -t numink .
#   docker run --rm -p 8080:8080 --read-only --tmpfs /tmp numink
# The Python is the one that the tests run on.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY src src
# pip stays outside of what it fills, and its cache in this stage. EXTRAS: heic takes photos as iPhones keep them (27 MB).
ARG EXTRAS=cloudant
RUN python -m venv --without-pip /opt/numink \
 && python -m pip --python /opt/numink/bin/python install --no-compile --prefer-binary ".[$EXTRAS]"
COPY deploy/slim.py /source/
RUN /opt/numink/bin/python slim.py
COPY deploy/numink-job /opt/numink/bin/numink-job
RUN chmod 755 /opt/numink/bin/numink-job

FROM python:${PYTHON}-slim
COPY --from=build /opt/numink /opt/numink
# A volume that is mounted at /data belongs to numink. Without one the history is in /tmp, and gone with the container.
RUN install -d -o 10001 -g 10001 /data
ENV PATH=/opt/numink/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    NUMINK_HOST=0.0.0.0 \
    NUMINK_STORE=sqlite:////tmp/numink/numink.db
WORKDIR /tmp
# A number, so that a cluster can see that it is not root.
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
  CMD ["python", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ.get('PORT', '8080') + '/healthz', timeout=4)"]
# PORT is what Code Engine and its like say; exec, so that SIGTERM reaches numink.
CMD ["sh", "-c", "exec numink serve --port \"${PORT:-8080}\""]
