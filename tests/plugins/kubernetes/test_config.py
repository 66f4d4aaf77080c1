"""Reading the directive: every option, and every way to get one wrong."""

from pathlib import Path

import pytest

from clusterdns.cluster.api.settings import ApiSettings, KubeconfigFile, TlsFiles
from clusterdns.cluster.selector import LabelSelector
from clusterdns.corefile import CorefileError, CorefileErrors, parse
from clusterdns.dns.name import Name
from clusterdns.testing.contexts import FakeContext
from clusterdns_plugins.kubernetes import plugin
from clusterdns_plugins.kubernetes.config import Settings
from clusterdns_plugins.kubernetes.option_readers import SnapshotFile
from clusterdns_plugins.kubernetes.pods import PodMode


def settings(text: str, *, file: str = "Corefile") -> Settings:
    """What the directive `text` gives."""
    (block,) = parse(f". {{\n{text}\n}}", file=file, environ={}).blocks
    found = plugin.parse(block.directives[0])
    assert isinstance(found, Settings)
    return found


def option(*lines: str) -> Settings:
    """What a block with these options gives."""
    return settings("\n".join(["kubernetes cluster.local {", "manifests m", *lines, "}"]))


def names(*texts: str) -> tuple[Name, ...]:
    return tuple(map(Name.from_text, texts))


def test_defaults() -> None:
    found = settings("kubernetes {\nmanifests m\n}")
    assert found == Settings(position=found.position, manifests=("m",))
    assert (found.zones, found.ttl, found.pods, found.endpoints) == ((), 5, PodMode.DISABLED, True)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param("Cluster.Local", names("cluster.local"), id="lower-case"),
        pytest.param("cluster.local. a.b", names("cluster.local", "a.b"), id="several"),
        pytest.param("cluster.local 10.0.0.0/24", names("cluster.local", "0.0.10.in-addr.arpa"), id="prefix"),
        pytest.param(
            "c 10.0.0.0/15",
            names("c", "0.10.in-addr.arpa", "1.10.in-addr.arpa"),
            id="prefix-off-the-boundary",
        ),
        pytest.param("c fd00::/8", names("c", "d.f.ip6.arpa"), id="IPv6-prefix"),
        pytest.param("in-addr.arpa", names("in-addr.arpa"), id="in-addr.arpa-counts-as-forward"),
        pytest.param("a..b c ::/0", names("c"), id="what-is-no-zone-is-left-out"),
        pytest.param("dns://c:1053", names("c"), id="scheme-and-port-are-ignored"),
    ],
)
def test_zones(arguments: str, expected: tuple[Name, ...]) -> None:
    assert settings(f"kubernetes {arguments} {{\nmanifests m\n}}").zones == expected


@pytest.mark.parametrize(
    ("lines", "setting", "expected"),
    [
        pytest.param(["ttl 0"], "ttl", 0, id="ttl-least"),
        pytest.param(["ttl 3600"], "ttl", 3600, id="ttl-most"),
        pytest.param(["ttl 10 20 x"], "ttl", 10, id="ttl-ignores-more-words"),
        pytest.param(["ttl 10", "ttl 20"], "ttl", 20, id="the-last-counts"),
        pytest.param(["pods disabled"], "pods", PodMode.DISABLED, id="pods-disabled"),
        pytest.param(["pods insecure"], "pods", PodMode.INSECURE, id="pods-insecure"),
        pytest.param(["pods verified"], "pods", PodMode.VERIFIED, id="pods-verified"),
        pytest.param(["namespaces a b"], "namespaces", frozenset("ab"), id="namespaces"),
        pytest.param(["namespaces a", "namespaces b"], "namespaces", frozenset("ab"), id="namespaces-add-up"),
        pytest.param(["labels a=b"], "labels", LabelSelector.parse("a=b"), id="labels"),
        pytest.param(
            ["labels env in (staging, qa),app=nginx,!x,y notin (z)"],
            "labels",
            LabelSelector.parse("env in (staging,qa),app=nginx,!x,y notin (z)"),
            id="labels-to-the-end-of-the-line",
        ),
        pytest.param(
            ["namespace_labels a"], "namespace_labels", LabelSelector.parse("a"), id="namespace-labels"
        ),
        pytest.param(["endpoint_pod_names"], "endpoint_pod_names", True, id="endpoint_pod_names"),
        pytest.param(["noendpoints"], "endpoints", False, id="noendpoints"),
        pytest.param(["fallthrough"], "fallthrough", names("."), id="fallthrough-everywhere"),
        pytest.param(
            ["fallthrough A 10.0.0.0/8"], "fallthrough", names("a", "10.in-addr.arpa"), id="fallthrough"
        ),
        pytest.param(
            ["fallthrough a", "fallthrough"], "fallthrough", names("."), id="fallthrough-the-last-counts"
        ),
        pytest.param(["fallthrough a..b"], "fallthrough", (), id="fallthrough-to-no-zone"),
        pytest.param(["multicluster a..b"], "multicluster", (), id="multicluster-no-zone"),
        pytest.param(["ignore empty_service"], "ignore_empty_service", True, id="ignore"),
        pytest.param(
            ["ignore empty_service x y"], "ignore_empty_service", True, id="ignore-ignores-more-words"
        ),
        pytest.param(["ignore"], "ignore_empty_service", False, id="ignore-nothing"),
        pytest.param(
            ["ignore empty_service", "ignore"], "ignore_empty_service", True, id="ignore-nothing-later"
        ),
        pytest.param(
            ["multicluster cluster.local"], "multicluster", names("cluster.local"), id="multicluster"
        ),
        pytest.param(["multicluster"], "multicluster", (), id="multicluster-none"),
        pytest.param(["zonal"], "zonal", True, id="zonal"),
        pytest.param(["audit 10m"], "audit", 600.0, id="audit"),
        pytest.param(["audit off"], "audit", None, id="audit-off"),
        pytest.param(["audit off", "audit 1h"], "audit", 3600.0, id="audit-the-last-counts"),
        pytest.param(["audit 1h", "audit off"], "audit", None, id="audit-off-counts-too"),
        pytest.param(["snapshot /var/t"], "snapshot", SnapshotFile("/var/t", 3600.0), id="snapshot"),
        pytest.param(["snapshot t 10m"], "snapshot", SnapshotFile("t", 600.0), id="snapshot-age"),
        pytest.param(["extended_errors off"], "extended_errors", False, id="extended_errors-off"),
        pytest.param(["extended_errors on"], "extended_errors", True, id="extended_errors-on"),
        pytest.param(["ready_stale 10m"], "ready_stale", 600.0, id="ready_stale"),
        pytest.param(["endpoints headless"], "headless_only", True, id="endpoints-headless"),
        pytest.param(
            ["manifests n o", "manifests /p"], "manifests", ("m", "n", "o", "/p"), id="manifests-add-up"
        ),
    ],
)
def test_an_option(lines: list[str], setting: str, expected: object) -> None:
    assert getattr(option(*lines), setting) == expected


@pytest.mark.parametrize(
    "line",
    [
        "apiserver_qps 0",
        "apiserver_qps 12.5",
        "apiserver_qps 1e3",
        "apiserver_qps inf",
        "apiserver_qps NaN",
        "apiserver_qps 0x1p4",
        "apiserver_burst 0",
        "apiserver_max_inflight 7",
        "startup_timeout 10s",
        "startup_timeout 1h1m1ms more words",
    ],
)
def test_options_of_the_api_server_may_stand_beside_manifests(line: str) -> None:
    assert option(line).manifests == option().manifests


def test_manifests_start_from_the_folder_of_the_corefile(tmp_path: Path) -> None:
    found = settings(
        "kubernetes c {\nmanifests a/*.yaml ../b /etc/c\n}", file=str(tmp_path / "conf" / "Corefile")
    )
    assert found.manifests == (
        str(tmp_path / "conf" / "a" / "*.yaml"),
        str(tmp_path / "conf" / ".." / "b"),
        "/etc/c",
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("unknown", ':4:1: unknown option "unknown" of "kubernetes"', id="unknown"),
        pytest.param("namespace a", '(did you mean "namespaces"?)', id="unknown-but-near"),
        pytest.param("upstream", 'unknown option "upstream"', id="upstream"),
        pytest.param("resyncperiod 5m", 'unknown option "resyncperiod"', id="resyncperiod"),
        pytest.param("transfer to *", 'unknown option "transfer"', id="transfer"),
        pytest.param("ttl", '"ttl" expects a whole number from 0 to 3600, but', id="ttl-missing"),
        pytest.param("ttl -1", ':4:5: "ttl" expects a whole number from 0 to 3600, not "-1"', id="ttl-low"),
        pytest.param("ttl 3601", 'not "3601"', id="ttl-high"),
        pytest.param("ttl 5s", 'not "5s"', id="ttl-no-number"),
        pytest.param("pods", '"pods" expects "disabled", "insecure" or "verified", but', id="pods-missing"),
        pytest.param("pods verify", '(did you mean "verified"?)', id="pods-wrong"),
        pytest.param("pods Verified", 'not "Verified"', id="pods-in-capitals"),
        pytest.param("pods verified x", 'surplus argument "x" after "pods"', id="pods-more"),
        pytest.param("namespaces", '"namespaces" expects a Namespace, but', id="namespaces-missing"),
        pytest.param("labels", '"labels" expects a label selector, but', id="labels-missing"),
        pytest.param("labels a=(", 'label selector "a=(": expected', id="labels-wrong"),
        pytest.param("labels a in b", 'label selector "a in b": expected "("', id="labels-in"),
        pytest.param(
            "labels a!=b", "expected no operators but =, ==, in, notin and !KEY", id="labels-unequal"
        ),
        pytest.param("labels a>1", "expected no operators but", id="labels-greater"),
        pytest.param(
            "namespace_labels", '"namespace_labels" expects a label selector', id="ns-labels-missing"
        ),
        pytest.param("endpoint_pod_names x", 'surplus argument "x"', id="endpoint_pod_names-more"),
        pytest.param("noendpoints x", 'surplus argument "x"', id="noendpoints-more"),
        pytest.param("zonal x", 'surplus argument "x"', id="zonal-more"),
        pytest.param(
            "ignore full_service", '"ignore" expects "empty_service", not "full_service"', id="ignore"
        ),
        pytest.param("startup_timeout", '"startup_timeout" expects a duration', id="startup_timeout-missing"),
        pytest.param("startup_timeout 5", 'not "5"', id="startup_timeout-without-unit"),
        pytest.param("startup_timeout 0s", 'not "0s"', id="startup_timeout-zero"),
        pytest.param("startup_timeout -1s", 'not "-1s"', id="startup_timeout-negative"),
        pytest.param("apiserver_qps", '"apiserver_qps" expects a number of at least 0', id="qps-missing"),
        pytest.param("apiserver_qps -1", 'not "-1"', id="qps-negative"),
        pytest.param("apiserver_qps 1e39", 'not "1e39"', id="qps-too-large"),
        pytest.param("apiserver_qps 0xg", 'not "0xg"', id="qps-no-hexadecimal"),
        pytest.param("apiserver_qps 0x1p9999", 'not "0x1p9999"', id="qps-far-too-large"),
        pytest.param("apiserver_qps \u0661", 'not "', id="qps-other-digits"),
        pytest.param("apiserver_qps x", 'not "x"', id="qps-no-number"),
        pytest.param("apiserver_qps 1 2", 'surplus argument "2"', id="qps-more"),
        pytest.param("apiserver_burst 1.5", 'not "1.5"', id="burst-no-integer"),
        pytest.param("apiserver_burst 1 2", 'surplus argument "2"', id="burst-more"),
        pytest.param("apiserver_max_inflight -1", 'not "-1"', id="max_inflight-negative"),
        pytest.param("endpoint", '"endpoint" expects a URL, but', id="endpoint-missing"),
        pytest.param(
            "endpoint https://k:6443", ':4:1: "endpoint" and "manifests" exclude each other', id="endpoint"
        ),
        pytest.param("endpoint" + " http://a" * 17, '"endpoint" expects at most 16 URLs', id="endpoints"),
        pytest.param("tls a b", '"tls" expects the file of a certificate authority, but', id="tls-two"),
        pytest.param("tls a b c d", 'surplus argument "d"', id="tls-four"),
        pytest.param("tls a b c", '"tls" and "manifests" exclude each other', id="tls"),
        pytest.param("kubeconfig", '"kubeconfig" expects a kubeconfig file, but', id="kubeconfig-missing"),
        pytest.param("kubeconfig a b c", 'surplus argument "c"', id="kubeconfig-three"),
        pytest.param("kubeconfig a", '"kubeconfig" and "manifests" exclude each other', id="kubeconfig"),
        pytest.param("manifests", '"manifests" expects a path, but', id="manifests-missing"),
        pytest.param('manifests ""', '"manifests" expects a path, not ""', id="manifests-empty"),
        pytest.param(
            "multicluster other.zone", "other.zone. is not among the zones served", id="multicluster"
        ),
        pytest.param(
            "namespaces a\nnamespace_labels b",
            ':5:1: "namespaces" and "namespace_labels" exclude each other',
            id="namespaces-and-labels",
        ),
        pytest.param("zonal\nnoendpoints", ':4:1: "zonal" needs endpoints', id="zonal-noendpoints"),
        pytest.param("ttl 5 {\nx\n}", '"ttl" takes no block', id="block"),
        pytest.param("audit", '"audit" expects a duration', id="audit-missing"),
        pytest.param("audit on", 'of at least 1s, not "on"', id="audit-on"),
        pytest.param("audit 10ms", 'not "10ms"', id="audit-short"),
        pytest.param("audit off now", 'surplus argument "now"', id="audit-more"),
        pytest.param("snapshot", '"snapshot" expects a file name, but', id="snapshot-missing"),
        pytest.param('snapshot ""', '"snapshot" expects a file name, not ""', id="snapshot-empty"),
        pytest.param("snapshot f x", 'of at least 1s, not "x"', id="snapshot-age"),
        pytest.param("snapshot f 1h x", 'surplus argument "x"', id="snapshot-more"),
        pytest.param("extended_errors", '"extended_errors" expects "on" or "off", but', id="ede-missing"),
        pytest.param("extended_errors no", 'not "no"', id="ede-wrong"),
        pytest.param("ready_stale", '"ready_stale" expects a duration', id="ready_stale-missing"),
        pytest.param("ready_stale 0s", 'not "0s"', id="ready_stale-zero"),
        pytest.param("endpoints", '"endpoints" expects "headless", but', id="endpoints-missing"),
        pytest.param("endpoints all", 'not "all"', id="endpoints-wrong"),
        pytest.param(
            "endpoints headless\nnoendpoints",
            ':4:1: "endpoints" and "noendpoints" exclude each other',
            id="endpoints-noendpoints",
        ),
        pytest.param(
            "ignore empty_service\nendpoints headless",
            ':5:1: "ignore empty_service" needs the endpoints of all',
            id="endpoints-ignore",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_place(line: str, expected: str) -> None:
    with pytest.raises((CorefileError, CorefileErrors)) as caught:
        option(line)
    assert expected in str(caught.value)
    assert str(caught.value).startswith("Corefile:")


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(CorefileErrors) as caught:
        option("ttl x", "pods x", "y")
    assert [error.position.line for error in caught.value.errors] == [4, 5, 6]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "kubernetes c {\nmanifests m\n}\nkubernetes d {\nmanifests m\n}",
            '"kubernetes" may be used once per server block',
            id="twice",
        ),
        pytest.param(
            "kubernetes 10.0.0.0/8 {\nmanifests m\n}",
            "at least one zone that is not a reverse zone",
            id="reverse",
        ),
        pytest.param("kubernetes a..b {\nmanifests m\n}", "at least one zone that is not", id="no-zone"),
        pytest.param(
            f"kubernetes {'a.' * 124}b {{\nmanifests m\n}}",
            "is too long: expected at most 244 octets",
            id="zone-too-long",
        ),
    ],
)
def test_a_directive_that_will_not_do(text: str, expected: str) -> None:
    with pytest.raises((CorefileError, CorefileErrors)) as caught:
        settings(text)
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("zones", "line", "expected"),
    [
        pytest.param(["0.10.in-addr.arpa"], "ttl 5", "at least one zone that is not a reverse", id="reverse"),
        pytest.param(["c"], "multicluster d", '"multicluster" zone d. is not among', id="multicluster"),
    ],
)
def test_zones_of_the_server_block_are_checked_when_they_are_known(
    zones: list[str], line: str, expected: str
) -> None:
    found = settings(f"kubernetes {{\nmanifests m\n{line}\n}}")
    with pytest.raises(CorefileError) as caught:
        plugin.build(found, FakeContext(zones=names(*zones)))
    assert expected in str(caught.value)
    assert str(caught.value).startswith("Corefile:2:1: ")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param("ttl 5", ApiSettings(), id="the-one-of-our-pod"),
        pytest.param(
            "endpoint https://a https://b\ntls c k ca",
            ApiSettings(
                endpoints=("https://a", "https://b"), tls=TlsFiles(certificate="c", key="k", authority="ca")
            ),
            id="endpoints-and-tls",
        ),
        pytest.param(
            "kubeconfig f", ApiSettings(kubeconfig=KubeconfigFile(path="f", context="")), id="kubeconfig"
        ),
        pytest.param(
            "kubeconfig f c", ApiSettings(kubeconfig=KubeconfigFile(path="f", context="c")), id="context"
        ),
        pytest.param(
            "apiserver_qps 2.5\napiserver_burst 7\napiserver_max_inflight 3",
            ApiSettings(qps=2.5, burst=7, max_inflight=3),
            id="limits",
        ),
        pytest.param("apiserver_qps inf", ApiSettings(qps=0), id="no-limit"),
    ],
)
def test_which_api_server_and_how_hard_it_may_be_asked(lines: str, expected: ApiSettings) -> None:
    assert settings(f"kubernetes c {{\n{lines}\n}}").api == expected


def test_settings_of_equal_text_are_equal() -> None:
    assert option("labels a=b", "namespaces x") == option("labels a=b", "namespaces x")


def test_what_is_no_zone_is_a_warning_with_its_place() -> None:
    found = settings("kubernetes c a..b {\nmanifests m\nfallthrough d..e\nmulticluster f..g c\n}")
    assert [str(doubt) for doubt in found.doubts] == [
        f'Corefile:{place}: invalid zone "{word}": it has an empty label; it is left out'
        for place, word in (("2:14", "a..b"), ("4:13", "d..e"), ("5:14", "f..g"))
    ]
