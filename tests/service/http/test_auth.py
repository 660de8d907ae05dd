"""API keys of clients and of administrators."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from huggingface_hub import InferenceClient

from gatewise.service.app import create_app
from gatewise.service.run import serve
from gatewise.service.settings import Settings
from tests.service.problems import problem


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A file of two keys."""
    path = tmp_path / "keys"
    path.write_text("# one for each client\nfirst-key\n\n  second-key  \n")
    return path


@pytest.fixture
def guarded(client_of: Callable[..., httpx.Client], keys: Path) -> httpx.Client:
    """A client of a server that requires a key."""
    return client_of(api_keys_file=keys)


def predict(client: httpx.Client, **headers: str) -> httpx.Response:
    return client.post(
        "/predict",
        json={"text": "fine"},
        headers={k.replace("_", "-"): v for k, v in headers.items()},
    )


def test_a_request_without_a_key_is_refused_with_advice(guarded: httpx.Client) -> None:
    response = predict(guarded)
    assert "Authorization: Bearer KEY" in problem(response, 401)["detail"]
    assert response.headers["www-authenticate"] == "Bearer"
    assert "x-request-id" in response.headers


@pytest.mark.parametrize("key", ["", "third-key", "first-ke", "# one for each client", "ä"])
def test_a_wrong_key_is_refused(guarded: httpx.Client, key: str) -> None:
    headers = {b"x-api-key": key.encode()}
    assert guarded.post("/predict", json={"text": "a"}, headers=headers).status_code == 401


@pytest.mark.parametrize("key", ["first-key", "second-key"])
def test_every_key_is_accepted_in_either_header(guarded: httpx.Client, key: str) -> None:
    assert predict(guarded, authorization=f"Bearer {key}").status_code == 200
    assert predict(guarded, authorization=f"bearer  {key}").status_code == 200
    assert predict(guarded, x_api_key=key).status_code == 200


def test_the_hugging_face_client_sends_its_token_as_the_key(guarded: httpx.Client) -> None:
    for url in (f"{guarded.base_url}/predict", str(guarded.base_url)):
        assert InferenceClient(url, token="second-key").text_classification("fine")  # noqa: S106


@pytest.mark.parametrize(
    "path",
    ["/", "/many", "/learn", "/docs", "/openapi.json", "/health", "/ready", "/static/preview.png"],
)
def test_probes_and_pages_need_no_key(guarded: httpx.Client, path: str) -> None:
    assert guarded.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/info", "/metrics", "/explain?text=a", "/nowhere", "/static"])
def test_all_other_paths_need_a_key(guarded: httpx.Client, path: str) -> None:
    assert guarded.get(path).status_code == 401


def test_predictions_at_the_root_need_a_key_although_the_page_needs_none(
    guarded: httpx.Client,
) -> None:
    assert guarded.post("/", json={"text": "fine"}).status_code == 401
    assert guarded.head("/").status_code == 200


def test_the_documentation_has_the_ways_to_send_a_key(guarded: httpx.Client) -> None:
    document = guarded.get("/openapi.json").json()
    schemes = document["components"]["securitySchemes"]
    assert (schemes["bearer"]["type"], schemes["bearer"]["scheme"]) == ("http", "bearer")
    assert (schemes["header"]["in"], schemes["header"]["name"]) == ("header", "X-API-Key")
    either: list[dict[str, list[str]]] = [{"bearer": []}, {"header": []}]
    for path, method in (("/predict", "post"), ("/", "post"), ("/info", "get")):
        assert document["paths"][path][method]["security"] == either
    for path in ("/health", "/ready"):
        assert "security" not in document["paths"][path]["get"]


def test_without_a_file_of_keys_only_administration_needs_one(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    secured = [
        path
        for path, operations in paths.items()
        for operation in operations.values()
        if "security" in operation
    ]
    assert secured == ["/admin/reload"]


def test_changing_the_file_changes_the_keys(guarded: httpx.Client, keys: Path) -> None:
    keys.write_text("third-key\n")
    assert predict(guarded, x_api_key="third-key").status_code == 200
    assert predict(guarded, x_api_key="first-key").status_code == 401


def test_keys_are_kept_while_the_file_is_missing(guarded: httpx.Client, keys: Path) -> None:
    keys.rename(keys.with_suffix(".away"))
    assert predict(guarded, x_api_key="first-key").status_code == 200
    keys.write_text("new-key\n")
    assert predict(guarded, x_api_key="new-key").status_code == 200


def test_a_file_without_keys_accepts_no_key(guarded: httpx.Client, keys: Path) -> None:
    keys.write_text("# none\n")
    assert predict(guarded, x_api_key="").status_code == 401
    assert predict(guarded, x_api_key="first-key").status_code == 401


def test_the_file_of_keys_must_exist_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        create_app(Settings(api_keys_file=tmp_path / "none"))


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_keys_are_kept_while_the_file_is_not_utf_8(
    guarded: httpx.Client, keys: Path, encoding: str
) -> None:
    keys.write_text("neuer-schlüssel\n", encoding=encoding)
    assert predict(guarded, x_api_key="first-key").status_code == 200
    assert predict(guarded, x_api_key="wrong-key").status_code == 401
    keys.write_text("new-key\n")
    assert predict(guarded, x_api_key="new-key").status_code == 200


def test_a_file_of_keys_that_is_not_utf_8_stops_the_start_with_the_reason(
    keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.write_bytes(b"k\xe4se\n")
    monkeypatch.setenv("GATEWISE_API_KEYS_FILE", str(keys))
    with pytest.raises(SystemExit, match=f"Cannot serve: {keys}: It is not UTF-8 text"):
        serve(port=0)


def test_a_byte_order_mark_is_not_part_of_the_first_key(guarded: httpx.Client, keys: Path) -> None:
    keys.write_text("new-key\n", encoding="utf-8-sig")
    assert predict(guarded, x_api_key="new-key").status_code == 200


def test_without_admin_keys_access_to_admin_is_disabled(client: httpx.Client) -> None:
    members = problem(client.post("/admin/reload"), 403)
    assert "GATEWISE_ADMIN_KEYS_FILE" in members["detail"]


def test_keys_of_clients_and_of_administrators_are_separate(
    client_of: Callable[..., httpx.Client], keys: Path, tmp_path: Path
) -> None:
    admin_keys = tmp_path / "admin"
    admin_keys.write_text("admin-key")
    client = client_of(api_keys_file=keys, admin_keys_file=admin_keys)
    for key, status in (("first-key", 401), ("admin-key", 200)):
        assert client.post("/admin/reload", headers={"x-api-key": key}).status_code == status
    assert predict(client, x_api_key="admin-key").status_code == 401


def test_pages_of_other_origins_have_no_access_by_default(client: httpx.Client) -> None:
    response = client.get("/info", headers={"origin": "https://example.org"})
    assert not [name for name in response.headers if name.startswith("access-control")]


def test_pages_of_configured_origins_have_access(client_of: Callable[..., httpx.Client]) -> None:
    client = client_of(cors_origins="https://example.org https://example.net")
    for origin, allowed in (
        ("https://example.net", "https://example.net"),
        ("https://e.com", None),
    ):
        response = client.get("/info", headers={"origin": origin})
        assert response.headers.get("access-control-allow-origin") == allowed
        assert response.status_code == 200


def test_a_preflight_needs_no_key(client_of: Callable[..., httpx.Client], keys: Path) -> None:
    client = client_of(cors_origins="*", api_keys_file=keys)
    headers = {
        "origin": "https://example.org",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
    }
    response = client.options("/predict", headers=headers)
    assert response.status_code == 200
    assert "authorization" in response.headers["access-control-allow-headers"]


def test_a_parameter_of_a_reload_is_refused(
    client_of: Callable[..., httpx.Client], keys: Path
) -> None:
    client = client_of(admin_keys_file=keys)
    response = client.post("/admin/reload?force=1", headers={"x-api-key": "first-key"})
    assert problem(response, 422)["errors"][0]["parameter"] == "force"
