"""A mail server for tests: keeps what it is given, and refuses what it is told to refuse.

    mail_server.py FOLDER SECURITY

FOLDER/answers.json, read anew at each recipient and message, may say:
    {"rcpt": {"address": "550 no"}, "data": {"address": "451 later"}, "drop": ["address"],
     "hang": ["address"], "mail": "530 no"}
Each message that is taken becomes FOLDER/N.json: what an independent parser reads in it. The port is
printed once connections are taken.
"""

import asyncio
import email
import email.policy
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

folder, security = sys.argv[1], sys.argv[2]


def answers():
    try:
        with open(os.path.join(folder, "answers.json"), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


class Keeper:
    def __init__(self):
        self.number = 0

    async def handle_MAIL(self, server, session, envelope, address, options):
        refusal = answers().get("mail")
        if refusal:
            return refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = answers().get("rcpt", {}).get(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        told = answers()
        to = envelope.rcpt_tos[0]
        refusal = told.get("data", {}).get(to)
        if refusal:
            return refusal
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {
            part.get_content_type(): part.get_content()
            for part in message.walk()
            if not part.is_multipart()
        }
        kept = {
            "to": envelope.rcpt_tos,
            "from": envelope.mail_from,
            "encrypted": server.transport.get_extra_info("ssl_object") is not None,
            "account": getattr(session, "account", None),
            "head": [[name, str(value)] for name, value in message.items()],
            "raw": envelope.content.decode("utf-8", "replace"),
            "defects": [str(defect) for defect in message.defects],
            "parts": parts,
        }
        self.number += 1
        path = os.path.join(folder, f"{self.number}.json")
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(kept, file)
        os.rename(path + ".new", path)
        if to in told.get("drop", []):
            # Taken, and nobody hears of it: as when a cable is pulled at that moment.
            server.transport.abort()
        if to in told.get("hang", []):
            await asyncio.sleep(3600)
        return "250 OK"


def authenticator(server, session, envelope, mechanism, data):
    known = data.login == b"kept" and data.password == b"a password of tests"
    session.account = data.login.decode() if known else None
    return AuthResult(success=known)


context = None
if security != "machine":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(
        os.path.join(folder, "mail.pem"), os.path.join(folder, "mail.key")
    )


def session():
    return SMTP(
        keeper,
        hostname="localhost",
        authenticator=authenticator,
        auth_required=security != "machine",
        auth_require_tls=security == "starttls",
        require_starttls=security == "starttls",
        tls_context=context if security == "starttls" else None,
    )


async def serve():
    loop = asyncio.get_running_loop()
    encrypted = context if security == "tls" else None
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=encrypted)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


keeper = Keeper()
asyncio.run(serve())
