"""Benchmarks behind what the README and the documents claim about speed and size. Nothing here is a test."""
