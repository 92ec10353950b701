"""Servers that answer by a script: what no real server does on demand."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable


class Scripted:
    """A server that answers each connection by a script and writes down how each began: "tls", "plain"."""

    def __init__(self, *answers: Callable[[socket.socket, bytes], None]) -> None:
        self.seen: list[str] = []
        self._answers = list(answers)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        for answer in self._answers:
            try:
                peer, _ = self._listening.accept()
            except OSError:
                return
            with peer, contextlib.suppress(OSError):
                peer.settimeout(60)
                packet = read_packet(peer)
                self.seen.append("tls" if packet[4:8] == b"\x04\xd2\x16\x2f" else "plain")
                answer(peer, packet)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)


def read_packet(peer: socket.socket) -> bytes:
    head = peer.recv(4, socket.MSG_WAITALL)
    return head + peer.recv(int.from_bytes(head, "big") - 4, socket.MSG_WAITALL)


class Script:
    """Makes scripted servers, and the answers they are made of."""

    def __init__(self) -> None:
        self.made: list[Scripted] = []

    def __call__(self, *answers: Callable[[socket.socket, bytes], None]) -> Scripted:
        self.made.append(Scripted(*answers))
        return self.made[-1]

    @staticmethod
    def refuse(sqlstate: str, message: str) -> Callable[[socket.socket, bytes], None]:
        """An ErrorResponse to the startup packet; TLS, when asked for first, is not offered."""
        fields = b"SFATAL\0VFATAL\0C" + sqlstate.encode() + b"\0M" + message.encode() + b"\0\0"

        def answer(peer: socket.socket, packet: bytes) -> None:
            peer.sendall(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)

        return answer

    @staticmethod
    def say(octets: bytes) -> Callable[[socket.socket, bytes], None]:
        """These octets, then the end of the connection."""
        return lambda peer, packet: peer.sendall(octets)

    @staticmethod
    def listen(into: list[bytes]) -> Callable[[socket.socket, bytes], None]:
        """Note the packet and close."""
        return lambda peer, packet: into.append(packet)
