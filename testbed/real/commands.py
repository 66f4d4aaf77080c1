"""How `etcd` and `kube-apiserver` are called for a test, and the files that they want."""

import json
from pathlib import Path
from typing import Final

import trustme

from testbed.peers import free_port

__all__ = [
    "ADMIN_CREDENTIALS",
    "DNS_CREDENTIALS",
    "DNS_USER",
    "api_command",
    "etcd_command",
    "write_files",
    "write_tokens",
]

ADMIN_CREDENTIALS: Final = "admin"
DNS_CREDENTIALS: Final = "dns"
DNS_USER: Final = "system:serviceaccount:kube-system:clusterdns"
SERVICE_RANGES: Final = "10.96.0.0/25,fd00:10:96::/112"
AUDIT_POLICY: Final = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["ResponseStarted", "ResponseComplete", "Panic"],
    "rules": [{"level": "Metadata", "users": [DNS_USER]}, {"level": "None"}],
}


def write_files(folder: Path) -> Path:
    """Certificates, keys, tokens and the audit policy; the file of the authority."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    own = authority.issue_cert("127.0.0.1")
    own.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    own.private_key_pem.write_to_path(folder / "accounts.pem")
    write_tokens(folder, DNS_CREDENTIALS)
    (folder / "policy").write_text(json.dumps(AUDIT_POLICY))
    return folder / "ca.pem"


def write_tokens(folder: Path, dns_token: str) -> None:
    """Token, user, id and groups, a line each."""
    (folder / "tokens").write_text(
        f'{ADMIN_CREDENTIALS},admin,1,"system:masters"\n{dns_token},{DNS_USER},2,"system:serviceaccounts"\n'
    )


def etcd_command(folder: Path, port: int) -> list[str]:
    """One member, which keeps nothing safe."""
    client, peer = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{free_port()}"
    return [
        "etcd",
        "--unsafe-no-fsync",
        "--log-level=warn",
        f"--data-dir={folder}/data",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
    ]


def api_command(folder: Path, etcd_port: int, port: int) -> list[str]:
    """An API server with RBAC and tokens from a file, and with an audit log of what the DNS server asks."""
    return [
        "kube-apiserver",
        f"--etcd-servers=http://127.0.0.1:{etcd_port}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--endpoint-reconciler-type=none",
        f"--secure-port={port}",
        f"--tls-cert-file={folder}/server.pem",
        f"--tls-private-key-file={folder}/server.pem",
        "--authorization-mode=RBAC",
        f"--token-auth-file={folder}/tokens",
        "--disable-admission-plugins=ServiceAccount,NamespaceLifecycle",
        f"--service-account-key-file={folder}/accounts.pem",
        f"--service-account-signing-key-file={folder}/accounts.pem",
        "--service-account-issuer=https://127.0.0.1",
        f"--service-cluster-ip-range={SERVICE_RANGES}",
        f"--audit-policy-file={folder}/policy",
        f"--audit-log-path={folder}/audit.log",
    ]
