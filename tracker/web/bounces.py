"""What a mail service reports: a mail came back. It is believed by a shared token, which the environment gives.

``POST /mail/bounce`` with ``Authorization: Bearer TOKEN`` and ``{"message_id": "<...>", "permanent": true}``. A mail we
do not know is taken in silence, so that nobody can ask whom we write to.
"""

import hmac

from flask import Blueprint, request
from sqlmodel import select

from tracker.deliveries import stop_writing
from tracker.models_digests import Delivery
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
    told = request.get_json(silent=True)
    told = told if isinstance(told, dict) else {}
    message_id, permanent = told.get("message_id"), told.get("permanent")
    if not isinstance(message_id, str) or not isinstance(permanent, bool):
        return {"error": 'Send {"message_id": "<...>", "permanent": true or false} as application/json.'}, 400
    if permanent:
        _note(message_id.strip().strip("<>").partition("@")[0])
    return "", 204


def _note(message_id: str) -> None:
    with site().reading() as session:
        subscriber_id = session.scalars(select(Delivery.subscriber_id).where(Delivery.message_id == message_id)).first()
    if subscriber_id is not None:
        stop_writing(site().engine, subscriber_id, "bounced", site().now())
