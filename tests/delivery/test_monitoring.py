"""The Grafana dashboard and the alerts ask for metrics that exist."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from gatewise.service.engine.metrics import Metrics
from tests.delivery.conftest import ROOT
from tests.delivery.metric_names import metric_names

DASHBOARD = ROOT / "deploy" / "grafana" / "dashboard.json"
RULES = ROOT / "deploy" / "prometheus" / "rules.yml"
SERIES = re.compile(r"(gatewise_\w+)(?:\{([^}]*)\})?")
GROUPING = re.compile(r"\bby \(([^)]*)\)")
SELECTOR = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")


@pytest.fixture(scope="module")
def dashboard() -> dict[str, Any]:
    """The dashboard, parsed."""
    parsed: dict[str, Any] = json.loads(DASHBOARD.read_text())
    return parsed


def alerts() -> Iterator[dict[str, Any]]:
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        yield from group["rules"]


def queries() -> list[str]:
    """Every PromQL expression of the dashboard and of the alerts."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    expressions = [target["expr"] for panel in panels for target in panel["targets"]]
    return expressions + [alert["expr"] for alert in alerts()]


@pytest.mark.parametrize("query", queries())
def test_a_query_names_series_and_labels_that_exist(query: str) -> None:
    names = metric_names(Metrics())
    found = SERIES.findall(query)
    assert found
    for name, selectors in found:
        assert name in names
        assert set(SELECTOR.findall(selectors)) <= names[name]
    grouped = {label.strip() for group in GROUPING.findall(query) for label in group.split(",")}
    assert grouped <= set().union(*(names[name] for name, _ in found))


@pytest.mark.parametrize("query", queries())
def test_the_parentheses_of_a_query_are_closed(query: str) -> None:
    assert all(query.count(a) == query.count(b) for a, b in ("()", "[]", "{}"))


def test_every_metric_of_the_service_is_on_the_dashboard(dashboard: dict[str, Any]) -> None:
    shown = DASHBOARD.read_text()
    families = {
        name.removesuffix("_total") for name in metric_names(Metrics()) if not name.endswith("sum")
    }
    stems = {re.sub(r"_(bucket|count)$", "", name) for name in families}
    assert {stem for stem in stems if stem not in shown} == {"gatewise_reloads"}


def test_panels_have_numbers_of_their_own_and_do_not_overlap(dashboard: dict[str, Any]) -> None:
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_every_panel_asks_the_chosen_data_source(dashboard: dict[str, Any]) -> None:
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    assert {panel["datasource"]["uid"] for panel in dashboard["panels"]} == {"${source}"}
    assert "source" in variables


def test_every_alert_says_how_severe_it_is_and_what_it_means() -> None:
    for alert in alerts():
        assert alert["labels"]["severity"] in {"warning", "critical"}
        assert alert["annotations"]["summary"].endswith(".")
