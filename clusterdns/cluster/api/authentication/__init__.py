"""Who the API server is and who we are to it: kubeconfigs, service accounts, TLS, tokens, exec plugins."""
