"""The page, its files, and the documentation of the API, all served from here without a CDN."""

import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PAGE = Path(__file__).parents[1] / "page"
# The wheel that contains Swagger UI with its style sheet.
WHEELS: list[str | tuple[str, str]] = [("fastapi_offline", "static")]

# The heat map, the saved picture and Swagger UI load images from data and blob URLs.
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Assets(StaticFiles):
    """Files of the page and of the wheel."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Let browsers cache files of the wheel for a day, and revalidate those of the page."""
        response = await super().get_response(path, scope)
        of_page = (PAGE / path).is_file()
        response.headers["cache-control"] = "no-cache" if of_page else "public, max-age=86400"
        return response


def static_router(title: str) -> APIRouter:
    """Return the routes `/`, `/learn`, `/many`, `/docs` and `/static/…`."""
    router = APIRouter(include_in_schema=False)
    assets = Assets(directory=PAGE, packages=WHEELS)
    docs, docs_policy = _documentation(title)

    @router.get("/")
    def page(request: Request) -> Response:
        return _page("index.html", request)

    @router.get("/learn")
    def learn(request: Request) -> Response:
        return _page("learn.html", request)

    @router.get("/many")
    def many(request: Request) -> Response:
        return _page("many.html", request)

    @router.get("/static/{path:path}")
    async def static(request: Request, path: str) -> Response:
        # Starlette responds to an invalid range in plain text, so ranges are ignored.
        headers = request.scope["headers"]
        request.scope["headers"] = [header for header in headers if header[0] != b"range"]
        return await assets.get_response(path, request.scope)

    @router.get("/docs")
    async def documentation() -> Response:
        return HTMLResponse(docs, headers={"content-security-policy": docs_policy})

    return router


def _page(name: str, request: Request) -> Response:
    """Return a page in which `{origin}` is replaced by where it was requested.

    Pictures in `og:image` need an absolute URL, and no setting says under which name the service is
    reached.
    """
    origin = escape(str(request.base_url).removesuffix("/"))
    content = (PAGE / name).read_text(encoding="utf-8").replace("{origin}", origin).encode()
    headers = {
        "content-security-policy": _POLICY,
        "cache-control": "no-cache",
        "etag": f'"{sha256(content).hexdigest()[:32]}"',
    }
    unchanged = headers["etag"] in request.headers.get("if-none-match", "")
    return (
        Response(status_code=304, headers=headers)
        if unchanged
        else HTMLResponse(content, headers=headers)
    )


def _documentation(title: str) -> tuple[bytes, str]:
    """Return the HTML of the documentation, and the content security policy that it needs."""
    html = bytes(
        get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=title,
            swagger_js_url="/static/swagger-ui-bundle.js",
            swagger_css_url="/static/swagger-ui.css",
            swagger_favicon_url="/static/icon.svg",
        ).body
    )
    # FastAPI writes one inline script, which is allowed by its hash.
    inline = re.findall(rb"<script>(.*?)</script>", html, re.DOTALL)
    hashes = " ".join(f"'sha256-{b64encode(sha256(code).digest()).decode()}'" for code in inline)
    # Swagger UI sets inline styles.
    return html, f"{_POLICY}; style-src 'self' 'unsafe-inline'; script-src 'self' {hashes}"
