"""A network between: passes bytes from one port to another until it is killed.

usage: relay.py PORT_FILE TARGET_FILE

Listens on 127.0.0.1, on the port that PORT_FILE holds; if that is not there, on a free one that is written to it.
Each connection goes to the port that TARGET_FILE holds then.
"""

import asyncio
import os
import sys


async def pass_on(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass  # One side is gone, and so the other one goes.
    finally:
        writer.close()


async def main(port_file, target_file):
    async def connected(reader, writer):
        try:
            with open(target_file) as file:
                there = await asyncio.open_connection("127.0.0.1", int(file.read()))
        except (OSError, ValueError):
            writer.close()
            return
        await asyncio.gather(pass_on(reader, there[1]), pass_on(there[0], writer))

    port = 0
    if os.path.exists(port_file):
        with open(port_file) as file:
            port = int(file.read())
    server = await asyncio.start_server(connected, "127.0.0.1", port)
    with open(port_file + ".new", "w") as file:
        file.write(str(server.sockets[0].getsockname()[1]))
    os.rename(port_file + ".new", port_file)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
