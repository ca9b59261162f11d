"""The decision: what a sound is, and what is wanted, become an EQ.

Nothing is loaded here: an EQ that is the same for every sound needs no audio library.
"""
