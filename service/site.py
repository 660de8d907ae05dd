"""The page, its files, and the API's documentation: all from this machine, no CDN."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PAGE = Path(__file__).parent / "page"
# Wheels that carry browser code: plotly.min.js; swagger-ui-bundle.js and its style sheet.
WHEELS: list[str | tuple[str, str]] = [("plotly", "package_data"), ("fastapi_offline", "static")]

# Plotly and Swagger UI draw images into data and blob URLs.
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

# What Plotly writes inline, by hash: the sheet of its maps, and how a heat map's image is scaled.
_PLOTLY_STYLES = (
    "style-src 'self' 'unsafe-hashes' 'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o=' "
    "'sha256-AR/cKIZjWPcPmBUPDA6oti9XBiTbJvz0Cro2J1VzzS8='"
)


class Assets(StaticFiles):
    """Files of the page, and those that the wheels bring along."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Let browsers keep for a day what a wheel brings; ask again each time for what is ours."""
        response = await super().get_response(path, scope)
        ours = (PAGE / path).is_file()
        response.headers["cache-control"] = "no-cache" if ours else "public, max-age=86400"
        return response


def site_router(title: str) -> APIRouter:
    """Answer `/`, `/docs` and `/static/…`."""
    router = APIRouter(include_in_schema=False)
    assets = Assets(directory=PAGE, packages=WHEELS)
    docs, docs_policy = _documentation(title)

    @router.api_route("/", methods=["GET", "HEAD"])
    async def page(request: Request) -> Response:
        response = await assets.get_response("index.html", request.scope)
        response.headers["content-security-policy"] = f"{_POLICY}; {_PLOTLY_STYLES}"
        return response

    @router.api_route("/static/{path:path}", methods=["GET", "HEAD"])
    async def static(request: Request, path: str) -> Response:
        # Starlette answers an impossible range in plain text. A server may ignore ranges: do.
        headers = request.scope["headers"]
        request.scope["headers"] = [header for header in headers if header[0] != b"range"]
        return await assets.get_response(path, request.scope)

    @router.api_route("/docs", methods=["GET", "HEAD"])
    async def documentation() -> Response:
        return HTMLResponse(docs, headers={"content-security-policy": docs_policy})

    return router


def _documentation(title: str) -> tuple[bytes, str]:
    """Write the documentation's HTML, and the policy that lets it run."""
    html = bytes(
        get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=title,
            swagger_js_url="/static/swagger-ui-bundle.js",
            swagger_css_url="/static/swagger-ui.css",
            swagger_favicon_url="/static/icon.svg",
        ).body
    )
    # Its one inline script is written by FastAPI: allow it, and nothing else, by its hash.
    inline = re.findall(rb"<script>(.*?)</script>", html, re.DOTALL)
    hashes = " ".join(f"'sha256-{b64encode(sha256(code).digest()).decode()}'" for code in inline)
    # Swagger UI writes styles into its elements.
    return html, f"{_POLICY}; style-src 'self' 'unsafe-inline'; script-src 'self' {hashes}"
