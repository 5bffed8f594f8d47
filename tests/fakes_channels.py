"""Fake servers of the outside world on real sockets: Telegram's Bot API, and a gateway of SMS."""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

TOKEN = "123456789:AAE-a_token_of_the_tests_0123456789"
Answer = tuple[int, Any]


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the address and of a form."""
        query = urlsplit(self.path).query
        return dict(parse_qsl(query) + parse_qsl(self.body.decode()))


class Server:
    """An HTTP server on a socket of this machine. A test says how slow it is."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.seconds = 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            """Hands every request to the server."""

            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                """Answer as the server says."""
                length = int(self.headers.get("Content-Length") or 0)
                asked = Asked(self.command, self.path, dict(self.headers), self.rfile.read(length))
                outer.asked.append(asked)
                time.sleep(outer.seconds)
                status, body, headers = outer.reply(asked)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = answer  # noqa: N815 - the names that http.server looks for

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def reply(self, asked: Asked) -> tuple[int, bytes, dict[str, str]]:
        """What it answers: status, body, headers."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Telegram(Server):
    """The Bot API of one bot: it keeps what was sent, and what people write until it is confirmed."""

    def __init__(self) -> None:
        super().__init__()
        self.token = TOKEN
        self.username = "nova_alerts_bot"
        self.bot_id = 123456789
        self.webhook = ""
        self.sent: list[dict[str, Any]] = []
        self.refusals: dict[str, Answer] = {}
        self.faults: list[Answer | bytes] = []
        self._updates: list[dict[str, Any]] = []
        self._last_id = 900

    def write(self, text: str, by: int = 77, **more: Any) -> None:
        """Somebody writes to the bot."""
        self._last_id += 1
        sender = {"id": by, "is_bot": False, "first_name": "Олена", "language_code": "en"}
        message = {"message_id": 1, "from": sender, "chat": {"id": by, "type": "private"}, "text": text}
        self._updates.append({"update_id": self._last_id, "message": {**message, **more}})

    def hear(self, update: dict[str, Any]) -> None:
        """Something else happens that the bot is told of."""
        self._last_id += 1
        self._updates.append({"update_id": self._last_id, **update})

    def number_anew(self, first: int) -> None:
        """After a silent week Telegram counts from elsewhere."""
        self._last_id = first

    @property
    def texts(self) -> list[str]:
        """What was sent, in its order."""
        return [message["text"] for message in self.sent]

    @property
    def waiting(self) -> int:
        """How many updates nobody has confirmed."""
        return len(self._updates)

    def reply(self, asked: Asked) -> tuple[int, bytes, dict[str, str]]:
        """As the Bot API answers, or with the fault that a test has laid ready."""
        if self.faults:
            fault = self.faults.pop(0)
            if isinstance(fault, bytes):
                return 200, fault, {}
            return fault[0], json.dumps(fault[1]).encode(), {}
        status, answer = self._answer(asked)
        return status, json.dumps(answer).encode(), {"Content-Type": "application/json"}

    def _answer(self, asked: Asked) -> Answer:
        _, token, method = asked.path.split("/")
        if token != f"bot{self.token}":
            return 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
        match method:
            case "getMe":
                me = {"id": self.bot_id, "is_bot": True, "first_name": "Nova", "username": self.username}
                return 200, {"ok": True, "result": me}
            case "getWebhookInfo":
                return 200, {"ok": True, "result": {"url": self.webhook}}
            case "getUpdates":
                return 200, {"ok": True, "result": self._news(asked.json)}
            case "sendMessage":
                return self._send(asked.json)
        return 404, {"ok": False, "error_code": 404, "description": "Not Found"}

    def _news(self, wishes: dict[str, Any]) -> list[dict[str, Any]]:
        first = wishes.get("offset", 0)
        self._updates = [update for update in self._updates if update["update_id"] >= first]
        return self._updates[: wishes["limit"]]

    def _send(self, message: dict[str, Any]) -> Answer:
        refusal = self.refusals.get(message["chat_id"])
        if refusal:
            return refusal
        self.sent.append(message)
        return 200, {"ok": True, "result": {"message_id": len(self.sent)}}


def refusal(status: int, description: str = "", **parameters: Any) -> Answer:
    """How the Bot API says no."""
    answer = {"ok": False, "error_code": status, "description": description}
    return status, {**answer, "parameters": parameters} if parameters else answer


@dataclass
class Said:
    """One answer of the SMS gateway."""

    status: int = 200
    body: str = '{"code": 0, "result": [{"state": "OK"}]}'
    headers: dict[str, str] = field(default_factory=dict)


class SmsServer(Server):
    """A gateway of SMS: it keeps every request, and answers as a test says."""

    def __init__(self) -> None:
        super().__init__()
        self.says = Said()

    def reply(self, asked: Asked) -> tuple[int, bytes, dict[str, str]]:
        """The answer of now; `asked` is kept anyway."""
        return self.says.status, self.says.body.encode(), self.says.headers
