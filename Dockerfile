# eqmorph in a container, as a user without rights:
#   docker build -t eqmorph .
#   docker run --rm -u "$(id -u):$(id -g)" -v "$PWD:/audio" eqmorph apply song.wav warm.wav --target warm:0.5
# With ffmpeg, which M4A and video need: docker build --build-arg FFMPEG=1 -t eqmorph .
FROM python:3.13-slim
ARG FFMPEG=
RUN if [ -n "$FFMPEG" ]; then apt-get update && apt-get install --yes --no-install-recommends ffmpeg \
    && rm -rf /var/lib/apt/lists/*; fi
COPY pyproject.toml README.md LICENSE /src/
COPY eqmorph /src/eqmorph
COPY presets /src/presets
RUN pip install --no-cache-dir /src && rm -rf /src \
    && useradd --create-home --uid 1000 eqmorph && mkdir /audio && chown eqmorph /audio
USER eqmorph
WORKDIR /audio
ENTRYPOINT ["eqmorph"]
CMD ["--help"]
