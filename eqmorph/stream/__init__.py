"""An EQ that follows a stream: causal, with a bounded latency and bounded memory, however long it runs."""

from eqmorph.stream.engine import StreamEq

__all__ = ["StreamEq"]
