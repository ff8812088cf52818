#!/usr/bin/env python3
"""Sends one stream of a capture of this folder to this machine, in time, as the stream's description says.

    python3 replay.py alice-video.sdp

A description with a=crypto takes the encrypted packets of call.pcapng, any other those of plain.pcapng. The packets are
those on the link from the party to the media server. Only the standard library of Python 3 is needed.
"""

import argparse
import os
import socket
import struct
import sys
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))


def blocks(data):
    """The blocks of a little-endian pcapng file: type and body."""
    at = 0
    while at + 12 <= len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if length < 12 or at + length > len(data):
            raise SystemExit("the capture ends within a block")
        yield kind, data[at + 8 : at + length - 4]
        at += length


def datagrams(path):
    """Time in nanoseconds, source, destination and payload of every UDP datagram over Ethernet and IPv4."""
    with open(path, "rb") as capture:
        data = capture.read()
    if data[:4] != b"\x0a\x0d\x0d\x0a" or data[8:12] != b"\x4d\x3c\x2b\x1a":
        raise SystemExit(f"{path} is no little-endian pcapng file")
    for kind, body in blocks(data):
        if kind != 6:  # An Enhanced Packet Block; interfaces of a call count nanoseconds.
            continue
        high, low, length = struct.unpack_from("<III", body, 4)
        frame = body[20 : 20 + length]
        if frame[12:14] != b"\x08\x00" or frame[23] != 17:
            continue
        udp = 14 + 4 * (frame[14] & 15)
        source, destination, size = struct.unpack_from(">HHH", frame, udp)
        addresses = socket.inet_ntoa(frame[26:30]), socket.inet_ntoa(frame[30:34])
        yield high << 32 | low, (addresses[0], source), (addresses[1], destination), frame[udp + 8 : udp + size]


def stream(path, ssrc):
    """Time and packet of a stream on the first link that it is seen on."""
    flow = None
    for nanos, source, destination, packet in datagrams(path):
        if len(packet) < 12 or struct.unpack_from(">I", packet, 8)[0] != ssrc:
            continue
        flow = flow or (source, destination)
        if flow == (source, destination):
            yield nanos, packet


def described(path):
    """Port, SSRC and encryption of the stream that a description describes."""
    with open(path, encoding="utf-8") as text:
        lines = text.read().splitlines()
    port = next(int(line.split()[1]) for line in lines if line.startswith("m="))
    ssrc = next(int(line[7:].split()[0]) for line in lines if line.startswith("a=ssrc:"))
    return port, ssrc, any(line.startswith("a=crypto:") for line in lines)


def payload(packet):
    """The payload of an RTP packet of a call: there are no extensions and no contributing sources."""
    return packet[12:]


def replay(packets, port, speed):
    """Sends packets at their times. Those of one time are spread over the time until the next, so that none is lost."""
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    groups = []
    for nanos, packet in packets:
        if not groups or groups[-1][0] != nanos:
            groups.append((nanos, []))
        groups[-1][1].append(packet)
    start = time.monotonic()
    for at, (nanos, group) in enumerate(groups):
        following = groups[at + 1][0] if at + 1 < len(groups) else nanos
        for number, packet in enumerate(group):
            due = nanos + (following - nanos) * 0.8 * number / len(group)
            pause = start + (due - groups[0][0]) / 1e9 / speed - time.monotonic()
            if pause > 0.0005:
                time.sleep(pause)
            out.sendto(packet, ("127.0.0.1", port))
    print(f"sent {len(packets)} packets to 127.0.0.1:{port}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sdp", help="the description of the stream")
    parser.add_argument("--capture", help="another capture than the one that the description is of")
    parser.add_argument("--speed", type=float, default=1.0, help="faster or slower, such as 2 or 0.5")
    parser.add_argument("--port", type=int, help="another port than that of the description")
    parser.add_argument("--payload", type=int, metavar="N", help="send nothing; write the payload of packet N, from 0")
    parser.add_argument("--drop", type=int, default=0, metavar="BYTES", help="without the last bytes of the payload, its tag")
    options = parser.parse_args()
    port, ssrc, is_encrypted = described(options.sdp)
    capture = options.capture or os.path.join(FOLDER, "call.pcapng" if is_encrypted else "plain.pcapng")
    packets = list(stream(capture, ssrc))
    if not packets:
        raise SystemExit(f"{capture} has no packet of the stream {ssrc}")
    if options.payload is not None:
        if not 0 <= options.payload < len(packets):
            raise SystemExit(f"the stream has packets 0 to {len(packets) - 1}")
        whole = payload(packets[options.payload][1])
        sys.stdout.buffer.write(whole[: len(whole) - options.drop])
        return
    replay(packets, options.port or port, options.speed)


if __name__ == "__main__":
    main()
