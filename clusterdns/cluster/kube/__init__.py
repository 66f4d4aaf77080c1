"""Kubernetes objects as the API and manifests write them, and the way to the table's slim objects."""
