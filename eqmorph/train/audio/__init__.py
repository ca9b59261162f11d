"""Learned encoders of sounds: trained on spectra with known EQs, exported to ONNX."""
