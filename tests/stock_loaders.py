"""The trainers' own loaders, each as a function from an exported directory to the prompts and gold answers that it reads there. They are
imported in the way of `stock_scorers.py`; what they should have read is up to `trainers.py`."""

import importlib
import sys
import types

from stock_scorers import Unavailable, needs, quiet, scorer_file


def chat_template(messages, **_):
    """Stands for a tokenizer's template: the text of the last message."""
    return messages[-1]["content"]


def openrlhf(export):
    needs("tqdm")
    module = scorer_file("openrlhf.datasets.prompts_dataset", bare=("openrlhf", "openrlhf.datasets"), stand_ins=("torch",))
    for row in export.rows:
        yield module.preprocess_data(row, input_key="input", label_key="label", apply_chat_template=chat_template)


def nemo_rl(export):
    needs("datasets", "huggingface_hub")
    bare = ("nemo_rl", "nemo_rl.data.datasets", "nemo_rl.data.datasets.response_datasets")
    stand_ins = ("torch", "torchaudio", "transformers", "PIL", "nemo_rl.data.interfaces", "nemo_rl.data.processors")
    # The package itself is empty but for types, which the loader's base class names.
    scorer_file("nemo_rl.data", bare=bare[:1], stand_ins=stand_ins)
    module = scorer_file("nemo_rl.data.datasets.response_datasets.response_dataset", bare=bare, stand_ins=stand_ins)
    for path in export.files:
        for row in module.ResponseDataset(str(path), split="train").dataset:
            yield row["messages"][0]["content"], row["messages"][1]["content"]


def rllm(export):
    bare, stand_ins = ("rllm", "rllm.tasks"), ("pydantic",)
    module = scorer_file("rllm.tasks.loader", bare=bare, stand_ins=stand_ins)
    # It reads the one split that the configuration names; the others are read by the same code.
    for task in module.BenchmarkLoader.load(str(export.folder)).tasks:
        yield task.instruction.rstrip("\n"), task.metadata["ground_truth"]


def slime(export):
    needs("numpy")
    bare, stand_ins = ("slime", "slime.utils", "slime.observability"), ("torch", "ray", "httpx", "slime.observability.timer")
    module = scorer_file("slime.utils.data", bare=bare, stand_ins=stand_ins)
    tokenizer = types.SimpleNamespace(apply_chat_template=chat_template)
    for path in export.files:
        keys = {"prompt_key": "prompt", "label_key": "label", "apply_chat_template": True}
        for sample in module.Dataset(str(path), tokenizer, None, None, **keys).samples:
            assert isinstance(sample.metadata, dict), type(sample.metadata)
            yield sample.prompt, sample.label


def taskset(export, split):
    """The tasks of a split, as verifiers loads them from an installed package."""
    package = next(export.folder.glob("*/__init__.py"), None)
    assert package, "the directory holds no package"
    try:
        loaders = importlib.import_module("verifiers.v1.utils.loaders")
    except ImportError as error:
        raise Unavailable(f"`verifiers` is not installed with all it needs: {error}") from error
    if str(export.folder) not in sys.path:
        sys.path.insert(0, str(export.folder))
    name = package.parent.name
    return list(loaders.load_taskset(loaders.taskset_config_type(name)(id=name, split=split)))


def verifiers(export):
    for split in sorted({path.name.split("-")[0] for path in export.files}):
        for task in taskset(export, split):
            yield task.data.prompt, task.data.answer


LOADERS = {"openrlhf": openrlhf, "nemo-rl": nemo_rl, "rllm": rllm, "slime": slime, "verifiers": verifiers}


def stock_loader(format_name):
    """The trainer's own reading of a directory."""
    if format_name not in LOADERS:
        raise Unavailable("the trainer's loader needs its stack for GPUs, or is the `datasets` library alone")
    return quiet(lambda export: list(LOADERS[format_name](export)))
