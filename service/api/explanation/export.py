"""The HTTP response of an explanation, in the format of the request."""

from starlette.responses import Response

from gatewise.service.api.explanation.render_csv import explanation_csv
from gatewise.service.api.explanation.render_html import POLICY, explanation_html
from gatewise.service.api.explanation.render_json import explanation_json
from gatewise.service.api.schemas.explain import Format
from gatewise.service.api.schemas.explanation import ExplanationRecord


def explanation_response(record: ExplanationRecord, form: Format) -> Response:
    """Render a record in a format. It may take long: call it in a worker thread."""
    if form == "csv":
        headers = _file_name("attachment", form)
        return Response(explanation_csv(record), media_type="text/csv", headers=headers)
    if form == "html":
        headers = {**_file_name("inline", form), "content-security-policy": POLICY}
        return Response(explanation_html(record), media_type="text/html", headers=headers)
    return Response(explanation_json(record), media_type="application/json")


def _file_name(disposition: str, form: Format) -> dict[str, str]:
    return {"content-disposition": f'{disposition}; filename="explanation.{form}"'}
