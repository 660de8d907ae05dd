# Two images from one file:
#   docker build .                   serve, the default: the API and the page, nothing of training
#   docker build --target train .    train: writes a model to /artifacts
#
# Dependencies go in before the code, so that a change of code rebuilds in seconds.

ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS dependencies
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY pyproject.toml constraints.txt ./
RUN python -c "import tomllib; \
        project = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
        print(*project['dependencies'], sep='\n', file=open('core.txt', 'w')); \
        print(*project['optional-dependencies']['train'], sep='\n', file=open('train.txt', 'w'))"
# The environment has no pip of its own, the image's fills it (and compiles what it installs).
RUN python -m venv --without-pip /opt/venv \
    && python -m pip --python /opt/venv/bin/python install \
        --constraint constraints.txt --requirement core.txt

FROM ${PYTHON_IMAGE} AS wheel
WORKDIR /build
COPY pyproject.toml README.md LICENSE ./
COPY gatewise gatewise
COPY models models
COPY service service
COPY training training
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM dependencies AS serve-environment
COPY --from=wheel /wheels /wheels
# The first prediction compiles the recurrence; the image keeps what was compiled.
RUN python -m pip --python /opt/venv/bin/python install --no-deps /wheels/*.whl \
    && cd / && /opt/venv/bin/python -c "from gatewise import Predictor; Predictor.load().warm_up()"

FROM dependencies AS train-environment
# PyTorch's own index has the CPU build; the default one is a CUDA build of several GB. Only torch
# comes from there, everything else from pip's index, so that no package can come from either.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN python -m pip --python /opt/venv/bin/python install \
        --no-deps --index-url "${TORCH_INDEX}" "$(grep '^torch==' train.txt)"
RUN python -m pip --python /opt/venv/bin/python install \
        --constraint constraints.txt --requirement core.txt --requirement train.txt
COPY --from=wheel /wheels /wheels
RUN python -m pip --python /opt/venv/bin/python install --no-deps /wheels/*.whl

# The base of both images. It needs no writable root: only /tmp, and the two directories below, which
# exist here so that a new volume mounted over them belongs to the user.
FROM ${PYTHON_IMAGE} AS runtime
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /tmp \
        --shell /usr/sbin/nologin gatewise \
    && install --directory --owner=gatewise --group=gatewise /artifacts /cache
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1

FROM runtime AS train
COPY --from=train-environment /opt/venv /opt/venv
ENV HF_HOME=/cache
USER 10001:10001
ENTRYPOINT ["gatewise"]
CMD ["--help"]

FROM runtime AS serve
COPY --from=serve-environment /opt/venv /opt/venv
ENV GATEWISE_HOST=0.0.0.0 \
    GATEWISE_PORT=8000
USER 10001:10001
EXPOSE 8000
# Readiness, not liveness; any proxy that the environment names is bypassed.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as request; request.build_opener(request.ProxyHandler({})).open('http://127.0.0.1:' + os.environ['GATEWISE_PORT'] + '/ready', timeout=4)"]
ENTRYPOINT ["gatewise", "serve"]
