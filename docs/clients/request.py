"""Open a ticket and look at it: python request.py https://desk.example.com "Título" "Texto"

The secret is in INTAKE_SECRET (whsec_…). pip install standardwebhooks
"""

import json
import os
import sys
import urllib.request
import uuid
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

desk, title, text = sys.argv[1:4]
webhook = Webhook(os.environ["INTAKE_SECRET"])


def call(method: str, url: str, body: str, webhook_id: str) -> dict:
    now = datetime.now(UTC)
    headers = {
        "content-type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": webhook.sign(webhook_id, now, body),
    }
    request = urllib.request.Request(url, body.encode() or None, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


# Keep the id with the request: after an error, try again with the same one.
request_id = f"msg_{uuid.uuid4().hex}"
opened = call("POST", f"{desk}/v1/requests", json.dumps({"title": title, "text": text}), request_id)
print(json.dumps(call("GET", opened["status_url"], "", f"msg_{uuid.uuid4().hex}")))
