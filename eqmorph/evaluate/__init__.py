"""Evaluation of recipes, models and what they do to audio. Recipes require the extra ``train``, figures ``plot``."""
