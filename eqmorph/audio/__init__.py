"""Audio files: reading, writing, metadata, loudness and true peak. Audio is float32 (channels, frames)."""
