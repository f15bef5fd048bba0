"""A BgZ client on a published FHIR library (fhirpy), with the hook that keur has it act by.

Usage: python client.py SETTINGS.json
It listens on http://127.0.0.1:PORT/trigger and does the action "bgz": token, 27 searches, and what it would show.
"""

import json
import sys
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jwt
import requests
from fhirpy import SyncFHIRClient

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SEARCHES = json.loads(Path(__file__).with_name("searches.json").read_text(encoding="utf-8"))


def token(settings, asked):
    now = int(time.time())
    claims = {
        "iss": settings["client_id"],
        "sub": settings["client_id"],
        "aud": asked["token_endpoint"],
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + 60,
    }
    key = Path(settings["signing_key"]).read_text(encoding="ascii")
    assertion = jwt.encode(claims, key, algorithm="ES256", headers={"kid": settings["kid"]})
    form = {
        "grant_type": "client_credentials",
        "scope": asked["scope"],
        "client_assertion_type": TYPE,
        "client_assertion": assertion,
    }
    answer = requests.post(asked["token_endpoint"], data=form, timeout=5, **tls(settings))
    answer.raise_for_status()
    return answer.json()["access_token"]


def tls(settings):
    return {"verify": settings["ca"], "cert": (settings["certificate"], settings["key"])}


def retrieve(settings, asked):
    client = SyncFHIRClient(
        asked["fhir_base"],
        authorization="Bearer " + token(settings, asked),
        requests_config={**tls(settings), "timeout": 5},
    )
    patient = "http://fhir.nl/fhir/NamingSystem/bsn|" + asked["bsn"]
    sections, warnings = [], []
    for search in SEARCHES:
        params = {name: value.replace("{bsn}", patient) for name, value in search["params"]}
        kind = search["path"].split("/")[0]
        try:
            if "$" in search["path"]:
                found = operation(client, search["path"], params)
            else:
                # The library follows the pages itself, and leaves out included resources of other types.
                found = client.resources(kind).search(**params).fetch_all()
            count, complete = sum(one["resourceType"] == kind for one in found), True
        except Exception as error:  # whatever goes wrong is told, not hidden
            count, complete = 0, False
            warnings.append(f"{search['name']}: {type(error).__name__}: {error}"[:300])
        sections.append({"name": search["name"], "count": count, "complete": complete})
    return {"sections": sections, "warnings": warnings, "error": None}


def operation(client, path, params):
    """An operation that answers with a Bundle; its pages are ours to follow."""
    found, bundle = [], client.execute(path, method="get", params=params)
    while True:
        found += [entry["resource"] for entry in bundle.get("entry", [])]
        following = [link["url"] for link in bundle.get("link", []) if link["relation"] == "next"]
        if not following:
            return found
        if not following[0].startswith(client.url):
            raise ValueError("the next page is at another party")
        bundle = client.execute(following[0], method="get")


def act(settings, asked):
    if asked.get("action") == "ping":
        return {"status": requests.get(asked["url"], timeout=5, **tls(settings)).status_code}
    if asked.get("action") != "bgz":
        return None
    return retrieve(settings, asked)


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            told = act(self.server.settings, asked)
        except Exception as error:
            told = {"sections": [], "warnings": [], "error": f"{type(error).__name__}: {error}"[:300]}
        body = json.dumps(told).encode()
        self.send_response(200 if told is not None else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    settings = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    server = ThreadingHTTPServer(("127.0.0.1", settings["port"]), Hook)
    server.settings = settings
    print(f"wacht op http://127.0.0.1:{settings['port']}/trigger", flush=True)
    server.serve_forever()
