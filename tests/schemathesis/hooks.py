"""Signs the requests that schemathesis makes up, as each vendor's documents say; called by `cargo xtask schemathesis`.

The credential comes from the environment: APP_VENDOR, APP_KEY, APP_SECRET.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import time
import zlib

import schemathesis

VENDOR = os.environ["APP_VENDOR"]
KEY = os.environ["APP_KEY"]
SECRET = os.environ["APP_SECRET"]


def imkit(case):
    case.headers["IM-API-KEY"] = SECRET
    case.headers["IM-CLIENT-KEY"] = KEY
    case.headers.pop("IM-Authorization", None)


def netease(case):
    nonce, now = secrets.token_hex(16), str(int(time.time()))
    case.headers["AppKey"] = KEY
    case.headers["Nonce"] = nonce
    case.headers["CurTime"] = now
    case.headers["CheckSum"] = hashlib.sha1((SECRET + nonce + now).encode()).hexdigest()


def zego(case):
    nonce, now = secrets.token_hex(8), str(int(time.time()))
    case.query["AppId"] = KEY
    case.query["SignatureNonce"] = nonce
    case.query["Timestamp"] = now
    case.query["SignatureVersion"] = "2.0"
    case.query["Signature"] = hashlib.md5((KEY + nonce + SECRET + now).encode()).hexdigest()


def tencent(case):
    now, expire, who = int(time.time()), 600, "administrator"
    text = f"TLS.identifier:{who}\nTLS.sdkappid:{KEY}\nTLS.time:{now}\nTLS.expire:{expire}\n"
    sig = base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()).decode()
    body = {
        "TLS.ver": "2.0",
        "TLS.identifier": who,
        "TLS.sdkappid": int(KEY),
        "TLS.expire": expire,
        "TLS.time": now,
        "TLS.sig": sig,
    }
    packed = base64.b64encode(zlib.compress(json.dumps(body).encode())).decode()
    case.query["sdkappid"] = KEY
    case.query["identifier"] = who
    case.query["usersig"] = packed.replace("+", "*").replace("/", "-").replace("=", "_")


SIGN = {"imkit": imkit, "netease": netease, "zego": zego, "tencent": tencent}[VENDOR]


@schemathesis.hook
def before_call(context, case, kwargs):
    """Every request is signed: what a wrong signature gets is held by the integration tests."""
    case.headers = case.headers if case.headers is not None else {}
    case.query = case.query if case.query is not None else {}
    SIGN(case)
