"""A real Kubernetes API server with etcd: its life, its faults, and a source that follows it."""
