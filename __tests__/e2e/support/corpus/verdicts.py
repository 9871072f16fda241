"""Judges the files 0, 1, 2 ... of a folder: each has a trust anchor and what a server presents.

Writes a line for each with why Python refuses it, empty where it accepts. A client and a server shake hands in memory. The
client is as ssl.create_default_context() makes it from Python 3.13 on; with "lenient", as it did before.
"""

import os
import ssl
import sys

END = "-----END CERTIFICATE-----\n"
STRICT = ssl.VERIFY_X509_STRICT | getattr(ssl, "VERIFY_X509_PARTIAL_CHAIN", 0x80000)


def judge(text, key, host, is_lenient):
    anchor, presented = (part for part in text.split(END, 1))
    client = ssl.create_default_context(cadata=anchor + END)
    flags = client.verify_flags
    client.verify_flags = flags & ~STRICT if is_lenient else flags | STRICT
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    path = key + ".pem"
    with open(key, encoding="ascii") as file, open(path, "w", encoding="ascii") as both:
        both.write(presented + file.read())
    server.load_cert_chain(path)
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = client.wrap_bio(to_client, to_server, server_hostname=host)
    other = server.wrap_bio(to_server, to_client, server_side=True)
    for end in (one, other, one):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            pass
    one.do_handshake()


def main():
    folder, count, host, key, kind = sys.argv[1:]
    for index in range(int(count)):
        with open(os.path.join(folder, str(index)), encoding="ascii") as file:
            text = file.read()
        try:
            judge(text, key, host, kind == "lenient")
            print()
        except (ssl.SSLError, ValueError) as error:
            print("refused:", " ".join(str(error).split()))


main()
