"""What a server spares its readers once it is ready."""

import gc
import socket

from tests.integration.web.newsroom_archive import NOW
from tracker.config.root import Config
from tracker.web.app import build
from tracker.web.data import open_pages
from tracker.web.serve import Serving
from tracker.web.site import Site


async def test_what_is_loaded_before_the_first_request_is_left_out_of_garbage_collections(kept):
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    server = Serving(build(open_pages(kept.url), Site(), lambda: NOW, Config), Site(), listening)
    gc.unfreeze()
    server.begin()
    try:
        assert len(gc.get_objects()) < gc.get_freeze_count()
    finally:
        await server.end()
        gc.unfreeze()
