"""Evaluation of recipes, models and what they do to audio. Needs the extra ``train``."""
