"""A FastAPI route that does nothing, on the server of the service: what HTTP costs by itself.

python -m benchmarks.empty_route --port 8000
"""

import argparse

from fastapi import FastAPI

from gatewise.service.http.server import build_server
from gatewise.service.settings import Settings

app = FastAPI()


@app.post("/")
async def nothing() -> dict[str, str]:
    """Respond without reading the request."""
    return {"status": "ok"}


@app.get("/ready")
async def ready() -> dict[str, str]:
    """Respond as soon as the server listens."""
    return {"status": "ready"}


def main() -> None:
    """Serve the routes until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    build_server(app, Settings(port=parser.parse_args().port)).run()


if __name__ == "__main__":
    main()
