"""Label selectors, as Kubernetes reads them."""

import pytest

from clusterdns.cluster.selector import LabelSelector, SelectorError

WEB = {"app": "web", "tier": "front", "n": "5", "example.org/team": "shop", "empty": ""}


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        pytest.param("", True, id="nothing-selects-everything"),
        pytest.param("app", True, id="exists"),
        pytest.param("none", False, id="does-not-exist"),
        pytest.param("!none", True, id="absent"),
        pytest.param("!app", False, id="not-absent"),
        pytest.param("app=web", True, id="equal"),
        pytest.param("app==web", True, id="double-equal"),
        pytest.param("app = web", True, id="spaces"),
        pytest.param("app=db", False, id="not-equal"),
        pytest.param("none=web", False, id="equal-needs-the-label"),
        pytest.param("app!=db", True, id="unequal"),
        pytest.param("app!=web", False, id="unequal-fails"),
        pytest.param("none!=web", True, id="unequal-holds-without-the-label"),
        pytest.param("app in (web, db)", True, id="in"),
        pytest.param("app in (db)", False, id="not-in-set"),
        pytest.param("app notin (db,cache)", True, id="notin"),
        pytest.param("app notin (web)", False, id="notin-fails"),
        pytest.param("none notin (web)", True, id="notin-holds-without-the-label"),
        pytest.param("empty=", True, id="empty-value"),
        pytest.param("empty in (,a)", True, id="empty-value-in-a-set"),
        pytest.param("n>4", True, id="greater"),
        pytest.param("n<4", False, id="less"),
        pytest.param("app>4", False, id="greater-needs-a-number"),
        pytest.param("example.org/team=shop", True, id="prefixed-key"),
        pytest.param("app=web,tier in (front),!none", True, id="all-hold"),
        pytest.param("app=web,tier=back", False, id="one-fails"),
        pytest.param("in in (a)", False, id="a-key-named-in"),
    ],
)
def test_a_selector_selects(text: str, *, matches: bool) -> None:
    assert LabelSelector.parse(text).matches(WEB) is matches


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("app=web,", "expected a requirement after the comma, found the end", id="comma"),
        pytest.param("app in web", 'expected "(", found "web"', id="no-parenthesis"),
        pytest.param("app in (web", 'expected ")", found the end', id="open-parenthesis"),
        pytest.param(
            "app web",
            'expected one of =, ==, !=, in, notin, >, <, a comma or the end, found "web"',
            id="word",
        ),
        pytest.param("=web", 'expected a label key, found "="', id="no-key"),
        pytest.param("-app", 'expected a label key, found "-app"', id="bad-key"),
        pytest.param("UP/app", 'expected a label key, found "UP/app"', id="bad-prefix"),
        pytest.param("app=we/b", 'expected a label value, found "we/b"', id="bad-value"),
        pytest.param("n>x", 'expected an integer, found "x"', id="bad-number"),
    ],
)
def test_a_bad_selector_says_where_it_fails(text: str, message: str) -> None:
    with pytest.raises(SelectorError) as caught:
        LabelSelector.parse(text)
    assert str(caught.value) == f'label selector "{text}": {message}'
