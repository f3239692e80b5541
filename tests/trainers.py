"""Checks an exported directory the way its trainer meets it: the rows load, and the scorers give gold the most and wrong answers nothing.

    python3 tests/trainers.py FORMAT DIR

FORMAT and DIR are those of `quarry export`. Needs the packages of `tests/trainers.txt`; what a trainer's own scorer needs beyond them is
listed in `stock_scorers.py`, and a scorer that cannot be had is skipped loudly. Three wrong answers are tried for each row: its own
with the number one higher or another option, and those of two other rows. Prints a line a check and ends with
`N passed, N failed, N skipped`.
"""

import ast
import json
import os
import re
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path

# Hugging Face's library writes a cache and asks its hub about nothing here; keep it to this process.
CACHE = tempfile.TemporaryDirectory(prefix="quarry-trainers-")
os.environ.setdefault("HF_HOME", CACHE.name)
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"

import datasets
import duckdb
import polars
import pyarrow
import pyarrow.json
import pyarrow.parquet
import yaml
from reward_entries import REWARDS, Skipped, reward_file
from scorer_cases import Case, find_spec, gold_text, wrong_answers
from stock_loaders import stock_loader
from stock_scorers import NotScored, Unavailable, gold_of, stock_scorer

datasets.disable_progress_bars()

# The columns that each trainer's loader and scorer read, by the type that they must have.
TEXT, MESSAGES = pyarrow.string(), pyarrow.list_(pyarrow.struct({"role": pyarrow.string(), "content": pyarrow.string()}))
COLUMNS = {
    "verl": {"data_source": TEXT, "prompt": MESSAGES, "ability": TEXT, "reward_model": None, "extra_info": None},
    "trl": {"prompt": MESSAGES, "solution": TEXT, "answer_type": TEXT, "answer_spec": TEXT, "id": TEXT},
    "openrlhf": {"input": MESSAGES, "label": TEXT, "datasource": TEXT},
    "skyrl": {"data_source": TEXT, "prompt": MESSAGES, "env_class": TEXT, "reward_spec": None, "extra_info": None},
    "nemo-rl": {"input": TEXT, "output": TEXT},
    "nemo-gym": {"responses_create_params": None, "expected_answer": TEXT},
    "open-instruct": {"messages": MESSAGES, "ground_truth": TEXT, "dataset": TEXT},
    "verifiers": {"question": TEXT, "answer": TEXT, "info": TEXT},
    "rllm": {"id": TEXT, "question": TEXT, "ground_truth": TEXT},
    "slime": {"prompt": None, "label": TEXT, "metadata": None},
    "webscale-rl": dict.fromkeys(("pretrain_text", "question", "answer", "domain", "persona"), TEXT),
    "sft": {"messages": MESSAGES},
    "openai-batch": {"custom_id": TEXT, "method": TEXT, "url": TEXT, "body": None},
}
EXACT = ("webscale-rl", "openai-batch")
# Keywords of TRL's own, which a column of the same name would shadow.
TRL_KEYWORDS = {"prompts", "completions", "completion_ids", "trainer_state", "log_extra", "log_metric", "environments"}
UNWANTED = ("large_string", "large_binary", "large_list", "string_view", "binary_view", "list_view", "dictionary")
MIN_REJECTED = 0.99


class Export:
    """The files of an exported directory, and its rows."""

    def __init__(self, format_name, folder):
        self.format = format_name
        self.folder = Path(folder)
        # A Python package keeps its data inside.
        found = [*self.folder.glob("data/*"), *self.folder.glob("*/data/*")]
        self.files = sorted(path for path in found if path.suffix in (".parquet", ".jsonl"))
        assert self.files, f"no data file in {self.folder}"
        assert len({path.suffix for path in self.files}) == 1, "parquet and JSONL are mixed"
        self.is_parquet = self.files[0].suffix == ".parquet"
        self.rows = [row for path in self.files for row in self.read(path)]
        if format_name == "nemo-rl" and "responses_create_params" in self.rows[0]:
            self.format = "nemo-gym"
        verifier = self.toml("dataset.toml").get("verifier", {}) if format_name == "rllm" else {}
        for row in self.rows:
            row["#verifier"] = verifier

    def read(self, path):
        if self.is_parquet:
            return pyarrow.parquet.read_table(path).to_pylist()
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def toml(self, name):
        return tomllib.loads((self.folder / name).read_text(encoding="utf-8"))

    def schema(self, path):
        return pyarrow.parquet.read_schema(path) if self.is_parquet else pyarrow.json.read_json(path).schema


def spec_of(row):
    return find_spec([value for name, value in row.items() if name != "#verifier"])


def prompt_text(export, row):
    column = {"openrlhf": "input", "nemo-rl": "input", "open-instruct": "messages", "verifiers": "question", "rllm": "question"}
    prompt = row[column.get(export.format, "prompt")]
    if export.format == "rllm" and (export.folder / "instruction.md.tpl").exists():
        template = (export.folder / "instruction.md.tpl").read_text(encoding="utf-8")
        return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda field: str(row.get(field.group(1), "")), template)
    return prompt if isinstance(prompt, str) else prompt[-1]["content"]


def try_all(cases, score):
    """Gold must get the highest score on every row, and at least 99 % of the wrong answers nothing."""
    kinds = Counter(case.kind for case in cases)
    low, paid, num_wrong = [], [], 0
    for idx, case in enumerate(cases):
        scored = score(case, case.reply(case.gold))
        if scored is None or scored < 1:
            low.append(f"{case.kind} {case.gold!r} got {scored}")
        for name, answer in wrong_answers(cases, idx):
            num_wrong += 1
            # verl's and SkyRL's maths scorers take one away for a wrong answer.
            if (score(case, case.reply(answer)) or 0) > 0:
                paid.append(f"{case.kind} {case.gold!r} took {name} {answer!r}")
    rejected = 1 - len(paid) / max(num_wrong, 1)
    said = f"gold {len(cases) - len(low)}/{len(cases)}, wrong rejected {num_wrong - len(paid)}/{num_wrong}, types {dict(kinds)}"
    assert cases and num_wrong >= min(3 * len(cases), len(cases) * (len(cases) - 1)) * 0.9, f"too few wrong answers: {said}"
    assert not low and rejected >= MIN_REJECTED, "; ".join([said, *low[:5], *paid[:5]])
    return said + (f", took {'; '.join(paid[:3])}" if paid else "")


def reward_py_gives_gold_the_most_and_wrong_answers_nothing(export):
    if export.format not in REWARDS:
        raise Skipped("the trainer takes no reward file, and its rows have no spec")
    try:
        call = REWARDS[export.format](export)
    except Unavailable as error:
        raise Skipped(str(error)) from error
    specs = [(row, spec_of(row)) for row in export.rows]
    missing = sum(spec is None for _, spec in specs)
    if missing == len(specs):
        raise Skipped("no row has an answer spec: they are for the trainer's own scorer")
    assert not missing, f"{missing} rows have no answer spec"
    return try_all([Case(row, prompt_text(export, row), spec, gold_text(spec)) for row, spec in specs], call)


def the_trainers_own_scorer_does_too(export):
    try:
        name, score, others = stock_scorer(export.format)
    except Unavailable as error:
        raise Skipped(str(error)) from error
    cases, left = [], Counter()
    for row in export.rows:
        try:
            case = Case(row, prompt_text(export, row), spec_of(row), gold_of(export.format, row))
            score(row, case.reply(case.gold))
            cases.append(case)
        except NotScored as error:
            left[str(error)] += 1
    why = "; ".join([f"{count} rows left: {reason}" for reason, count in left.items()] + others)
    if not cases:
        raise Skipped(f"{name}: {why}")
    return f"{name}: {try_all(cases, lambda case, reply: score(case.row, reply))}" + (f" ({why})" if why else "")


def reward_py_is_one_file_without_packages(export):
    path = reward_file(export)
    if path is None:
        raise Skipped("there is no reward.py")
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))
    tried = [node for node in ast.walk(tree) if isinstance(node, ast.Try) and "ImportError" in ast.unparse(node.handlers[0])]
    optional = {inner for node in tried for inner in ast.walk(node)}
    for node in set(ast.walk(tree)) - optional:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert name.split(".")[0] in sys.stdlib_module_names, f"it imports `{name}`"


def reward_py_defines_every_name_once(export):
    path = reward_file(export)
    if path is None:
        raise Skipped("there is no reward.py")
    # It is joined from parts, of which a later one would quietly take a name from an earlier one.
    names = Counter()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        names.update([node.name] if hasattr(node, "name") else [])
        names.update(name.id for name in getattr(node, "targets", []) if isinstance(name, ast.Name))
    twice = [name for name, count in names.items() if count > 1]
    assert not twice, f"defined twice: {twice}"


def columns_are_those_that_the_trainer_reads(export):
    wanted = COLUMNS[export.format]
    schema = export.schema(export.files[0])
    assert set(wanted) <= set(schema.names), f"missing: {sorted(set(wanted) - set(schema.names))}"
    if export.format in EXACT:
        assert schema.names == list(wanted), schema.names
    for name, kind in wanted.items():
        found = schema.field(name).type
        assert kind is None or str(found).replace("element", "item") == str(kind), f"{name} is {found}"
    for row in export.rows:
        assert set(row) - {"#verifier"} == set(schema.names), f"a row has {sorted(row)}"
    if export.format == "trl":
        assert not TRL_KEYWORDS & set(schema.names), TRL_KEYWORDS & set(schema.names)


def rows_follow_the_trainers_conventions(export):
    check = CONVENTIONS.get(export.format)
    if check is None:
        raise Skipped("the columns are all there is to it")
    for row in export.rows:
        check(row)
    if export.format == "rllm":
        config = export.toml("dataset.toml")
        # The loader reads a table `dataset`; keys outside it are passed over without a word.
        assert config["dataset"]["type"] == "simple" and config["dataset"]["name"], config
        split = config["dataset"].get("split", "test")
        assert f"{split}.jsonl" in {path.name for path in export.files}, f"no data file for split `{split}`"
        assert "ground_truth" in config["dataset"].get("metadata_fields", ["ground_truth"]), config


def verl_row(row):
    assert row["reward_model"]["style"] == "rule" and row["prompt"][-1]["role"] == "user", row
    assert isinstance(row["extra_info"]["index"], int) and row["extra_info"]["split"], row["extra_info"]
    assert not {"num_turns", "rollout_reward_scores"} & set(row["extra_info"]), "verl writes these itself"


def skyrl_row(row):
    assert row["reward_spec"]["method"] in ("rule", "reward_model") and row["prompt"][-1]["role"] == "user", row


def one_user_turn(row):
    messages = row.get("messages") or row.get("prompt") or row.get("input")
    assert [message["role"] for message in messages] == ["user"], messages


def verifiers_row(row):
    assert isinstance(json.loads(row["info"]), dict), row["info"]


def slime_row(row):
    assert isinstance(row["metadata"], dict) and row["metadata"].get("source_name"), row["metadata"]


def gym_row(row):
    one_user_turn(row["responses_create_params"])
    assert row["expected_answer"], row


def openai_row(row):
    assert row["method"] == "POST" and row["url"].startswith("/v1/") and row["body"]["messages"], row["custom_id"]


def sft_row(row):
    assert [message["role"] for message in row["messages"]][-2:] == ["user", "assistant"], row["messages"]


CONVENTIONS = {
    "verl": verl_row,
    "trl": one_user_turn,
    "openrlhf": one_user_turn,
    "skyrl": skyrl_row,
    "open-instruct": one_user_turn,
    "verifiers": verifiers_row,
    "rllm": lambda row: None,
    "slime": slime_row,
    "nemo-gym": gym_row,
    "sft": sft_row,
    "openai-batch": openai_row,
}


def all_shards_have_one_plain_schema(export):
    schemas = [export.schema(path) for path in export.files]
    for path, schema in zip(export.files, schemas):
        assert schema.equals(schemas[0]), f"{path.name}: {schema}"
        for field in schema:
            assert not any(unwanted in str(field.type) for unwanted in UNWANTED), f"{path.name}: {field}"
            assert export.is_parquet or "null" not in str(field.type), f"{path.name}: {field}"
        if export.is_parquet:
            metadata = pyarrow.parquet.read_metadata(path)
            assert b"huggingface" not in (metadata.metadata or {}), "older versions of `datasets` refuse it"
            assert all(metadata.row_group(n).num_rows <= 10_000 for n in range(metadata.num_row_groups))


def datasets_loads_and_concatenates_the_shards(export):
    kind = "parquet" if export.is_parquet else "json"
    # One at a time and then together, as verl and SkyRL do.
    loaded = [datasets.load_dataset(kind, data_files=str(path))["train"] for path in export.files]
    assert datasets.concatenate_datasets(loaded + loaded[:1]).num_rows == len(export.rows) + loaded[0].num_rows


def datasets_loads_the_directory_by_its_card(export):
    loaded = datasets.load_dataset(str(export.folder))
    assert sum(split.num_rows for split in loaded.values()) == len(export.rows), loaded
    assert set(loaded) == {path.name.split("-")[0].split(".")[0] for path in export.files}, loaded


def polars_duckdb_and_pyarrow_read_every_row(export):
    paths = [str(path) for path in export.files]
    read = polars.read_parquet if export.is_parquet else polars.read_ndjson
    assert polars.concat([read(path) for path in paths]).height == len(export.rows)
    reader = "read_parquet" if export.is_parquet else "read_json"
    assert duckdb.connect().execute(f"select count(*) from {reader}({paths})").fetchone()[0] == len(export.rows)
    read = pyarrow.parquet.read_table if export.is_parquet else pyarrow.json.read_json
    assert pyarrow.concat_tables([read(path) for path in paths]).num_rows == len(export.rows)


def the_trainers_own_loader_reads_every_row(export):
    try:
        read = stock_loader(export.format)(export)
    except Unavailable as error:
        raise Skipped(str(error)) from error
    column = {"openrlhf": "label", "slime": "label", "nemo-rl": "output", "verifiers": "answer"}.get(export.format, "ground_truth")
    rows = export.rows
    if export.format == "rllm":
        split = export.toml("dataset.toml")["dataset"]["split"]
        rows = [row for path in export.files if path.stem == split for row in export.read(path)]
    assert len(read) == len(rows), f"it read {len(read)} rows of {len(rows)}"
    for row, (prompt, gold) in zip(rows, read):
        assert (prompt, gold) == (prompt_text(export, row).rstrip("\n"), row[column]), f"it read {prompt!r}, {gold!r}"
    return f"{len(read)} rows"


def card_and_counts_agree_with_the_files(export):
    card = (export.folder / "README.md").read_text(encoding="utf-8")
    card = yaml.safe_load(card.split("---\n")[1])
    for config in card.get("configs", []):
        for part in config["data_files"]:
            assert list(export.folder.glob(part["path"])), f"the card names {part['path']}, which is not there"
    counts = json.loads((export.folder / "export.json").read_text(encoding="utf-8"))
    rows = counts.get("rows", {})
    num_in, num_out = rows.get("in", counts.get("num_rows_in")), rows.get("out", counts.get("num_rows_out"))
    left_out = rows.get("left_out", counts.get("left_out", {}))
    assert num_out == len(export.rows), f"export.json says {num_out}, the files have {len(export.rows)}"
    assert num_in == num_out + sum(left_out.values()), counts
    return f"{num_in} in, {num_out} out, left out {left_out}"


CHECKS = (
    columns_are_those_that_the_trainer_reads,
    rows_follow_the_trainers_conventions,
    all_shards_have_one_plain_schema,
    datasets_loads_and_concatenates_the_shards,
    datasets_loads_the_directory_by_its_card,
    polars_duckdb_and_pyarrow_read_every_row,
    the_trainers_own_loader_reads_every_row,
    card_and_counts_agree_with_the_files,
    reward_py_is_one_file_without_packages,
    reward_py_defines_every_name_once,
    reward_py_gives_gold_the_most_and_wrong_answers_nothing,
    the_trainers_own_scorer_does_too,
)


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in COLUMNS:
        sys.exit(f"{__doc__}\nFORMAT is one of {', '.join(COLUMNS)}")
    export = Export(*sys.argv[1:])
    counts = Counter()
    for check in CHECKS:
        try:
            said = check(export)
            counts["passed"] += 1
            print(f"ok      {check.__name__}" + (f": {said}" if said else ""))
        except Skipped as error:
            counts["skipped"] += 1
            print(f"!!!!    {check.__name__}: skipped: {error}")
        except Exception as error:
            counts["failed"] += 1
            print(f"FAILED  {check.__name__}: {type(error).__name__}: {error}")
    print(f"{export.format}: " + ", ".join(f"{counts[name]} {name}" for name in ("passed", "failed", "skipped")))
    sys.exit(1 if counts["failed"] else 0)


if __name__ == "__main__":
    main()
