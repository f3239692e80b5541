"""Loads a finished dataset with every library that its readers are likely to use, and checks what they see.

    python3 tests/loaders.py OUT

Needs pandas, polars, duckdb, pyarrow and datasets. Prints a line a check and ends with `N passed, N failed`.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

# Hugging Face's library writes a cache and asks its hub about nothing here; keep it to this process.
CACHE = tempfile.TemporaryDirectory(prefix="quarry-loaders-")
os.environ.setdefault("HF_HOME", CACHE.name)
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"

import datasets
import duckdb
import pandas
import polars
import pyarrow
import pyarrow.compute
import pyarrow.parquet

datasets.disable_progress_bars()

FOLDERS = ("data", "documents", "rejects", "failures", "signatures")
# What trainers' loaders do not mix well with plain strings and lists.
UNWANTED = ("large_string", "large_binary", "large_list", "string_view", "binary_view", "list_view", "dictionary")


class Dataset:
    """The files that the manifest lists, by folder."""

    def __init__(self, out):
        self.out = Path(out)
        self.manifest = json.loads((self.out / "manifest.json").read_text(encoding="utf-8"))
        self.files = {folder: [] for folder in FOLDERS}
        self.num_rows = dict.fromkeys(FOLDERS, 0)
        for file in self.manifest["files"]:
            folder = file["path"].split("/")[0]
            self.files[folder].append(str(self.out / file["path"]))
            self.num_rows[folder] += file["num_rows"]

    def table(self, folder):
        return pyarrow.parquet.read_table(self.files[folder], schema=pyarrow.parquet.read_schema(self.files[folder][0]))


def files_match_the_manifest(dataset):
    for folder in FOLDERS:
        found = sorted(str(path) for path in (dataset.out / folder).glob("*"))
        assert found == sorted(dataset.files[folder]), f"{folder}: {found}"
    for file in dataset.manifest["files"]:
        path = dataset.out / file["path"]
        assert path.stat().st_size == file["num_bytes"], file
        assert pyarrow.parquet.read_metadata(path).num_rows == file["num_rows"], file
    totals = dataset.manifest["pairs"], dataset.manifest["documents"]
    assert dataset.num_rows["data"] == totals[0]["num_accepted"]
    assert dataset.num_rows["documents"] == totals[1]["num_accepted"]
    assert dataset.num_rows["rejects"] == sum(total["num_rejected"] for total in totals)
    assert dataset.num_rows["failures"] == sum(total["num_failed"] for total in totals)


def all_shards_of_a_folder_have_one_schema(dataset):
    for folder in FOLDERS:
        schemas = [pyarrow.parquet.read_schema(path) for path in dataset.files[folder]]
        assert schemas, folder
        for schema in schemas:
            assert schema.equals(schemas[0]), f"{folder}: {schema}"


def types_are_plain(dataset):
    for folder in FOLDERS:
        for field in pyarrow.parquet.read_schema(dataset.files[folder][0]):
            assert not any(unwanted in str(field.type) for unwanted in UNWANTED), f"{folder}: {field}"


def pyarrow_reads_every_row(dataset):
    for folder in FOLDERS:
        table = dataset.table(folder)
        table.validate(full=True)
        assert table.num_rows == dataset.num_rows[folder], folder


def pandas_reads_every_row(dataset):
    for folder in FOLDERS:
        frame = pandas.concat([pandas.read_parquet(path) for path in dataset.files[folder]])
        assert len(frame) == dataset.num_rows[folder], folder
    frame = pandas.read_parquet(dataset.out / "data")
    assert len(frame) == dataset.num_rows["data"]
    assert frame["question"].map(type).eq(str).all()
    assert frame["gen"].map(lambda gen: set(gen) == {"model", "prompt_hash", "request_hash"}).all()


def polars_scans_every_row(dataset):
    for folder in FOLDERS:
        scanned = polars.scan_parquet(str(dataset.out / folder / "*.parquet")).select(polars.len()).collect().item()
        assert scanned == dataset.num_rows[folder], folder
    checks = polars.scan_parquet(str(dataset.out / "data/*.parquet")).select("id", "checks").explode("checks")
    names = checks.select(polars.col("checks").struct.field("name")).collect()
    assert names["name"].drop_nulls().len() > 0, "no check is recorded"


def duckdb_counts_and_joins(dataset):
    connection = duckdb.connect()
    count = lambda sql: connection.execute(sql).fetchone()[0]
    for folder in FOLDERS:
        assert count(f"select count(*) from read_parquet('{dataset.out}/{folder}/*.parquet')") == dataset.num_rows[folder]
    pairs, documents = (f"read_parquet('{dataset.out}/{folder}/*.parquet')" for folder in ("data", "documents"))
    joined = count(f"select count(*) from {pairs} join {documents} using (doc_id)")
    assert joined == dataset.num_rows["data"], f"{joined} pairs have a document"
    assert count(f"select count(distinct id) from {pairs}") == dataset.num_rows["data"], "an id comes twice"
    assert count(f"select count(distinct doc_id) from {documents}") == dataset.num_rows["documents"]


def datasets_loads_the_files(dataset):
    loaded = datasets.load_dataset("parquet", data_files=dataset.files["data"], split="train")
    assert loaded.num_rows == dataset.num_rows["data"]
    assert loaded[0]["question"]


def datasets_loads_the_directory_by_its_card(dataset):
    loaded = datasets.load_dataset(str(dataset.out), split="train")
    assert loaded.num_rows == dataset.num_rows["data"], f"{loaded.num_rows} rows"
    assert set(loaded.column_names) == set(pyarrow.parquet.read_schema(dataset.files["data"][0]).names)


def evidence_is_where_the_pair_says(dataset):
    texts = {row["doc_id"]: row["source_text"] for row in dataset.table("documents").to_pylist()}
    for pair in dataset.table("data").to_pylist():
        evidence = texts[pair["doc_id"]][pair["evidence_start"] : pair["evidence_end"]]
        assert evidence == pair["evidence"], pair["id"]
        assert evidence, pair["id"]


def answer_specs_are_json_of_the_pairs_type(dataset):
    for pair in dataset.table("data").to_pylist():
        spec = json.loads(pair["answer_spec"])
        assert isinstance(spec, dict) and spec["type"] == pair["answer_type"], pair["id"]


def rejects_have_a_reason_and_a_place(dataset):
    for row in dataset.table("rejects").to_pylist():
        assert row["stage"] and row["reason"] and row["shard"] and row["shard_row"] >= 1, row["row_id"]


CHECKS = (
    files_match_the_manifest,
    all_shards_of_a_folder_have_one_schema,
    types_are_plain,
    pyarrow_reads_every_row,
    pandas_reads_every_row,
    polars_scans_every_row,
    duckdb_counts_and_joins,
    datasets_loads_the_files,
    datasets_loads_the_directory_by_its_card,
    evidence_is_where_the_pair_says,
    answer_specs_are_json_of_the_pairs_type,
    rejects_have_a_reason_and_a_place,
)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    dataset = Dataset(sys.argv[1])
    num_failed = 0
    for check in CHECKS:
        try:
            check(dataset)
            print(f"ok      {check.__name__}")
        except Exception as error:
            num_failed += 1
            print(f"FAILED  {check.__name__}: {type(error).__name__}: {error}")
    print(f"{len(CHECKS) - num_failed} passed, {num_failed} failed")
    sys.exit(1 if num_failed else 0)


if __name__ == "__main__":
    main()
