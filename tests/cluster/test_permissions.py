"""Which rights are asked for: the least, and as roles."""

from pathlib import Path

import pytest
import yaml

from clusterdns.cluster.permissions import Rule, merged
from clusterdns.cluster.reflector.permissions import rules_of
from clusterdns.cluster.roles import roles_yaml
from clusterdns.cluster.selection import Selection

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
BOTH = ("list", "watch")
MULTICLUSTER = "multicluster.x-k8s.io"


def texts(rules: tuple[Rule, ...]) -> list[str]:
    return [f"{r.namespace or '*'} {r.group}/{r.resource} {','.join(r.verbs)}" for r in rules]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        pytest.param(
            Selection(),
            [
                "* /namespaces list,watch",
                "* /services list,watch",
                "* discovery.k8s.io/endpointslices list,watch",
            ],
            id="everything",
        ),
        pytest.param(
            Selection(endpoints=False),
            ["* /namespaces list,watch", "* /services list,watch"],
            id="noendpoints",
        ),
        pytest.param(
            Selection(pods=True, imports=True),
            [
                "* /namespaces list,watch",
                "* /pods list,watch",
                "* /services list,watch",
                "* discovery.k8s.io/endpointslices list,watch",
                "* multicluster.x-k8s.io/serviceimports list,watch",
            ],
            id="more",
        ),
        pytest.param(
            Selection(namespaces=frozenset({"shop", "data"})),
            [
                "data /namespaces get",
                "data /services list,watch",
                "data discovery.k8s.io/endpointslices list,watch",
                "shop /namespaces get",
                "shop /services list,watch",
                "shop discovery.k8s.io/endpointslices list,watch",
            ],
            id="a-role-in-each-namespace-is-enough",
        ),
        pytest.param(
            Selection(labels="a=b", namespace_labels="c", headless_only=True),
            texts(rules_of(Selection())),
            id="selectors-need-no-rule",
        ),
    ],
)
def test_the_least_rules(selection: Selection, expected: list[str]) -> None:
    assert texts(rules_of(selection)) == expected


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param([("", "get"), ("", "list")], ["* /x get,list"], id="verbs-add-up"),
        pytest.param([("a", "get"), ("", "get")], ["* /x get"], id="what-all-allow-is-not-said-again"),
        pytest.param([("a", "list"), ("", "get")], ["* /x get", "a /x list"], id="but-what-they-do-not"),
        pytest.param([("b", "get"), ("a", "get")], ["a /x get", "b /x get"], id="sorted"),
    ],
)
def test_rules_of_several_parts_are_merged(rules: list[tuple[str, str]], expected: list[str]) -> None:
    found = merged(Rule(namespace=namespace, resource="x", verbs=(verb,)) for namespace, verb in rules)
    assert texts(found) == expected


def test_roles_for_the_whole_cluster() -> None:
    account, role, binding = yaml.safe_load_all(roles_yaml(rules_of(Selection())))
    assert account["kind"] == "ServiceAccount"
    assert account["metadata"] == {"name": "clusterdns", "namespace": "kube-system"}
    assert (role["kind"], role["metadata"]) == ("ClusterRole", {"name": "clusterdns"})
    assert role["rules"][0] == {"apiGroups": [""], "resources": ["namespaces"], "verbs": list(BOTH)}
    assert binding["kind"] == "ClusterRoleBinding"
    assert binding["roleRef"] == {
        "apiGroup": "rbac.authorization.k8s.io",
        "kind": "ClusterRole",
        "name": "clusterdns",
    }
    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": "clusterdns", "namespace": "kube-system"}
    ]


@pytest.mark.parametrize("namespace", ["shop", "team-1", "true", "1e3", "a: b", 'q"', "-", "über", "#"])
def test_roles_for_a_namespace_whatever_its_name(namespace: str) -> None:
    rules = rules_of(Selection(namespaces=frozenset({namespace})))
    documents = list(yaml.safe_load_all(roles_yaml(rules, name="dns", home="here")))
    assert [document["kind"] for document in documents] == ["ServiceAccount", "Role", "RoleBinding"]
    assert [document["metadata"]["namespace"] for document in documents] == ["here", namespace, namespace]
    assert documents[2]["subjects"][0]["namespace"] == "here"


def test_without_rules_there_is_no_role() -> None:
    assert list(yaml.safe_load_all(roles_yaml([]))) == []


@pytest.mark.parametrize(
    ("file", "selection"),
    [
        pytest.param("rbac.yaml", Selection(), id="cluster"),
        pytest.param(
            "rbac-namespaces.yaml", Selection(namespaces=frozenset({"shop", "data"})), id="namespaces"
        ),
    ],
)
def test_the_files_to_deploy_are_what_is_printed(file: str, selection: Selection) -> None:
    lines = (DEPLOY / file).read_text(encoding="utf-8").splitlines(keepends=True)
    assert "".join(line for line in lines if not line.startswith("#")) == roles_yaml(rules_of(selection))
