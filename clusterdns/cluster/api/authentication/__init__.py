"""The address of the API server and our credentials for it: kubeconfigs, service accounts, TLS, tokens, exec
plugins."""
