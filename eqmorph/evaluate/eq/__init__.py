"""Recipes on the same folds, side by side."""
