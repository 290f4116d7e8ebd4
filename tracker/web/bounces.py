"""What a mail service reports: a mail came back, or its reader complains. A shared token of the environment vouches.

``POST /mail/bounce`` with ``Authorization: Bearer TOKEN`` and ``{"message_id": "<...>", "permanent": true}``, or with
``"complaint": true``; or the report itself (RFC 3464, RFC 5965) as ``message/rfc822``. A mail we do not know is taken
in silence, so that nobody can ask whom we write to.
"""

import hmac

from flask import Blueprint, request

from tracker.mail.bounces import Report, report_of_bytes, take_in
from tracker.web import guard
from tracker.web.site import site

blueprint = Blueprint("bounces", __name__)
blueprint.after_request(guard.quiet)

Answer = tuple[dict[str, str], int]


@blueprint.post("/mail/bounce")
def bounce() -> Answer | tuple[str, int]:
    """Note a bounce. One that is not permanent means nothing: the sender tries again by itself."""
    token = site().settings.bounce_token
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if not token or scheme.lower() != "bearer" or not hmac.compare_digest(given.encode(), token.encode()):
        return {"error": "This address takes reports of our mail server alone."}, 403
    if request.mimetype == "message/rfc822":
        report = report_of_bytes(request.get_data())
        refused = "This is no report on a mail: RFC 3464 and RFC 5965 say how those look."
    else:
        report = _told(request.get_json(silent=True))
        refused = (
            'Send {"message_id": "<...>", "permanent": true or false} or {"message_id": "<...>", "complaint": true}.'
        )
    if report is None:
        return {"error": refused}, 400
    take_in(site().engine, report, site().now())
    return "", 204


def _told(given: object) -> Report | None:
    """What a service says in its own words; None where that is not understood."""
    told = given if isinstance(given, dict) else {}
    message_id, permanent, complaint = told.get("message_id"), told.get("permanent"), told.get("complaint", False)
    understood = isinstance(message_id, str) and isinstance(complaint, bool) and isinstance(permanent, bool | None)
    if not understood or (permanent is None and not complaint):
        return None
    reason = "complained" if complaint else "bounced" if permanent else ""
    return Report(str(message_id).strip().strip("<>").partition("@")[0], reason)
