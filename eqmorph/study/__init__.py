"""Listening tests: one web page that plays versions of sounds, and what the answers to it say."""
