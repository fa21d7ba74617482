"""WACZ packages."""

import gzip
import hashlib
import json
import zipfile

import pytest

from tests.archives import temporary_archive
from tests.integration.exchange.pages import fill, imported, job
from tracker.errors import PageError
from tracker.exchange import warc
from tracker.exchange.warc_read import Warcs


async def test_a_package_says_what_is_in_it(tmp_path, monkeypatch):
    monkeypatch.setattr(warc, "MAX_BLOCK_LINES", 2)
    store = temporary_archive()
    await fill(store)
    made = job(store, tmp_path / "a.wacz")
    warc.write_package(made)
    assert (made.tally.versions, made.tally.pages) == (5, 5)
    assert [path.name for path in tmp_path.glob("*.wacz*")] == ["a.wacz"]
    with zipfile.ZipFile(tmp_path / "a.wacz") as package:
        about = json.loads(package.read("datapackage.json"))
        assert about["wacz_version"] == "1.1.1"
        named = {each["path"]: each for each in about["resources"]}
        assert set(package.namelist()) == {*named, "datapackage.json", "datapackage-digest.json"}
        for path, resource in named.items():
            data = package.read(path)
            assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
            assert resource["bytes"] == len(data)
        stored = {info.filename for info in package.infolist() if info.compress_type == zipfile.ZIP_STORED}
        assert stored == {"indexes/index.cdx.gz", "archive/data.warc.gz"}
        index = package.read("indexes/index.cdx.gz")
        meta, *blocks = package.read("indexes/index.idx").decode().splitlines()
        assert meta == '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'
        assert len(blocks) == 3
        for line in blocks:
            key, place = line.rsplit(" {", 1)
            where = json.loads("{" + place)
            block = gzip.decompress(index[where["offset"] : where["offset"] + where["length"]])
            assert block.decode().startswith(key)
        pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()]
        assert pages[0]["format"] == "json-pages-1.0"
        assert pages[1] | {"id": ""} == {
            "id": "",
            "url": "https://herald.example/news/harbour",
            "ts": "2026-11-25T09:00:00Z",
            "title": "Harbour closed",
        }


async def test_a_package_comes_back(tmp_path):
    store = temporary_archive()
    await fill(store)
    warc.write_package(job(store, tmp_path / "a.wacz"))
    other, history = await imported(tmp_path / "a.wacz")
    assert history.kept == 5
    for name, each in (("one.warc", store), ("other.warc", other)):
        warc.write(job(each, tmp_path / name))
    assert (tmp_path / "one.warc").read_bytes() == (tmp_path / "other.warc").read_bytes()


async def test_a_zip_file_of_something_else(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as package:
        package.writestr("readme.txt", "hello")
    with pytest.raises(PageError, match="not a WACZ package"):
        Warcs([tmp_path / "a.wacz"])
    (tmp_path / "b.wacz").write_bytes((tmp_path / "a.wacz").read_bytes()[:40])
    with pytest.raises(PageError, match="WACZ package is damaged"):
        Warcs([tmp_path / "b.wacz"])
