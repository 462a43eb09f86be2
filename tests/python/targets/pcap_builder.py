"""Captures of a download, built byte by byte: Suricata reads them, and no network is needed."""

import struct
from itertools import count

CLIENT, SERVER = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
CLIENT_PORT, SERVER_PORT = 40000, 80
SYN, ACK, FIN = 0x02, 0x10, 0x01
_SEGMENT = 1400


def http_download(body: bytes, name: str = "setup.exe") -> bytes:
    """A capture in which a client fetches a file by HTTP, with both handshakes of TCP."""
    request = f"GET /{name} HTTP/1.1\r\nHost: example.test\r\n\r\n".encode()
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return _capture(request, head.encode() + body)


def _capture(request: bytes, response: bytes) -> bytes:
    client, server = 1000, 5000
    packets = [
        _packet(True, client, 0, SYN),
        _packet(False, server, client + 1, SYN | ACK),
        _packet(True, client + 1, server + 1, ACK),
        _packet(True, client + 1, server + 1, ACK, request),
    ]
    client += 1 + len(request)
    server += 1
    packets.append(_packet(False, server, client, ACK))
    for start in range(0, len(response), _SEGMENT):
        piece = response[start : start + _SEGMENT]
        packets.append(_packet(False, server, client, ACK, piece))
        server += len(piece)
        packets.append(_packet(True, client, server, ACK))
    packets += [
        _packet(False, server, client, FIN | ACK),
        _packet(True, client, server + 1, FIN | ACK),
        _packet(False, server + 1, client + 1, ACK),
    ]
    return _pcap(packets)


def _packet(
    from_client: bool, sequence: int, acknowledged: int, flags: int, data: bytes = b""
) -> bytes:
    ports = (CLIENT_PORT, SERVER_PORT) if from_client else (SERVER_PORT, CLIENT_PORT)
    addresses = CLIENT + SERVER if from_client else SERVER + CLIENT
    tcp = struct.pack("!HHIIBBHHH", *ports, sequence, acknowledged, 5 << 4, flags, 65535, 0, 0)
    pseudo = addresses + struct.pack("!BBH", 0, 6, len(tcp) + len(data))
    tcp = tcp[:16] + struct.pack("!H", _checksum(pseudo + tcp + data)) + tcp[18:] + data
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + addresses
    ip = ip[:10] + struct.pack("!H", _checksum(ip)) + ip[12:]
    return b"\x02\x00\x00\x00\x00\x01" + b"\x02\x00\x00\x00\x00\x02" + b"\x08\x00" + ip + tcp


def _checksum(data: bytes) -> int:
    total: int = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _pcap(packets: list[bytes]) -> bytes:
    capture = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for number, packet in zip(count(), packets, strict=False):
        capture += struct.pack("<IIII", 1_700_000_000, number, len(packet), len(packet)) + packet
    return capture
