"""The emulators of a measurement: dynalite and moto on free ports, ended with it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.children import Children
from sandbox.cloud import Cloud, start_local_cloud
from sandbox.options import any_port
from sandbox.run import environment


@contextmanager
def local_cloud() -> Iterator[Cloud]:
    """Both servers, with tables, queues, bucket and key made in them; tables are in memory.

    Raises ChildDied or WaitedTooLong when a server does not come up.
    """
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        Children(Path(folder), environment()) as children,
    ):
        yield start_local_cloud(
            children, tables_port=any_port(), cloud_port=any_port(), folder=None
        )
