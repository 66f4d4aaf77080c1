"""Sends every datagram back: what an answer on this machine takes at least.

Prints its port.
"""

import socket


def main() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        print(server.getsockname()[1], flush=True)
        while True:
            octets, client = server.recvfrom(512)
            server.sendto(octets, client)


if __name__ == "__main__":
    main()
