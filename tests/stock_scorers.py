"""The trainers' own scorers, each as a function of an exported row and a reply. Which rows and replies are tried is up to `trainers.py`.

A trainer's package brings a stack for GPUs that its scorer does not use. So a scorer's file is imported without the `__init__` of the
packages around it, and what it names but does not score with is stood in for.
Scorers that no registry has are found when a checkout of the trainer is on PYTHONPATH.
"""

import asyncio
import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import json
import logging
import re
import sys
import types


class Unavailable(Exception):
    """The scorer cannot be had here; the text says why."""


class NotScored(Exception):
    """The row is not meant for this scorer; the text says why."""


class StandIn(types.ModuleType):
    """A module, class or decorator that is only named while a scorer's file is read."""

    def __getattr__(self, name):
        if name == "__path__":
            return []
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(name)

    def __call__(self, *arguments, **_):
        # As a decorator it leaves the class or function as it is.
        return arguments[0] if len(arguments) == 1 and isinstance(arguments[0], (type, types.FunctionType)) else self

    def __getitem__(self, _):
        return self

    def __mro_entries__(self, _):
        return ()

    def __or__(self, _):
        return self

    __ror__ = __or__

    def __bool__(self):
        raise TypeError(f"the stand-in for `{self.__name__}` was used to score")


class StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules that it was given by name, and all below them, before anything installed is looked for."""

    def __init__(self, names):
        self.names = names

    def find_spec(self, name, path=None, target=None):
        top = name.split(".")[0]
        return importlib.machinery.ModuleSpec(name, self) if {name, top} & set(self.names) else None

    def create_module(self, spec):
        return StandIn(spec.name)

    def exec_module(self, module):
        pass


def scorer_file(name, bare=(), stand_ins=()):
    """Imports a module without running the `__init__` of the packages in `bare`, outermost first."""
    for package in bare:
        if package not in sys.modules:
            sys.modules[package] = without_init(package)
    finder = StandInFinder(stand_ins)
    sys.meta_path.insert(0, finder)
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Unavailable(f"`{name}` does not import: {error}") from error
    finally:
        sys.meta_path.remove(finder)
        # The scorer keeps them; other libraries shall not find, say, a `torch`.
        for standing_in in [key for key, module in sys.modules.items() if isinstance(module, StandIn)]:
            del sys.modules[standing_in]


def without_init(package):
    module = types.ModuleType(package)
    outer, _, inner = package.rpartition(".")
    if outer:
        module.__path__ = [f"{folder}/{inner}" for folder in sys.modules[outer].__path__]
        return module
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable(f"`{package}` is not installed")
    module.__path__ = list(spec.submodule_search_locations)
    return module


def needs(*names):
    """Imports what a scorer computes with, before any stand-in can take its place."""
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise Unavailable(f"`{name}` is not installed") from error


def quiet(function):
    """Keeps a scorer's prints to itself."""

    def call(*arguments, **keywords):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return function(*arguments, **keywords)

    return call


def plain(gold):
    """A gold answer that is text, and not a spec that only our own scorer reads."""
    if not isinstance(gold, str):
        raise NotScored(f"its gold is {type(gold).__name__}, not text")
    if gold.startswith("{") and '"type"' in gold:
        raise NotScored("its gold is a spec, which reward.py reads")
    return gold


def trl():
    needs("math_verify", "sympy.parsing.latex")
    module = scorer_file("trl.rewards.accuracy_rewards", bare=("trl", "trl.rewards"))
    logging.getLogger("math_verify").setLevel(logging.CRITICAL)

    def score(row, reply):
        if not row["solution"].startswith("\\boxed{"):
            raise NotScored("its solution is in words, which reward.py scores")
        if "\\boxed" not in row["prompt"][-1]["content"][-400:]:
            raise NotScored("its prompt asks for no box, so reward.py scores it")
        message = [{"role": "assistant", "content": reply}]
        return module.accuracy_reward(completions=[message], solution=[row["solution"]], answer_spec=[row.get("answer_spec")])[0]

    return score


def verl():
    bare = ("verl", "verl.utils")
    module = scorer_file("verl.utils.reward_score", bare=bare)
    with contextlib.suppress(Unavailable):
        # It is imported on first use, which is too late for stand-ins.
        needs("sympy.parsing.latex", "pylatexenc.latex2text", "numpy")
        scorer_file("verl.utils.reward_score.prime_math", bare=bare, stand_ins=("torch", "verl.utils.metric"))

    def score(row, reply):
        truth = row["reward_model"]["ground_truth"]
        if isinstance(truth, str):
            plain(truth)
        given = {"data_source": row["data_source"], "solution_str": reply, "ground_truth": truth, "extra_info": row["extra_info"]}
        try:
            result = module.default_compute_score(**given)
        except NotImplementedError:
            raise NotScored(f"data source `{row['data_source']}` has no scorer of verl's own") from None
        return result["score"] if isinstance(result, dict) else result

    return score


def openrlhf():
    needs("sympy", "pylatexenc.latex2text")
    module = scorer_file("openrlhf.utils.math_utils", bare=("openrlhf", "openrlhf.utils"))

    def score(row, reply):
        # What the package's example of a reward function does; the example itself is not in the package.
        return float(module.grade_answer(module.extract_boxed_answer(reply), plain(row["label"])))

    return score


def skyrl():
    bare = ("skyrl_gym", "skyrl_gym.envs")
    modules = {}
    for name in ("gsm8k", "aime", "search"):
        modules[name] = scorer_file(f"skyrl_gym.envs.{name}.utils", bare=(*bare, f"skyrl_gym.envs.{name}"))

    def score(row, reply):
        name = row["env_class"]
        if name not in modules:
            raise NotScored(f"environment `{name}` is not one of SkyRL's own")
        truth = row["reward_model" if name == "aime" else "reward_spec"]["ground_truth"]
        result = modules[name].compute_score(reply, truth if name == "search" else plain(truth))
        return result["score"] if isinstance(result, dict) else result

    return score


def nemo_rl():
    needs("math_verify", "sympy.parsing.latex")
    bare = ("nemo_rl", "nemo_rl.environments", "nemo_rl.evals", "nemo_rl.data", "nemo_rl.distributed")
    stand_ins = ("ray", "torch", "transformers", "nemo_rl.data.interfaces", "nemo_rl.environments.interfaces")
    stand_ins += ("nemo_rl.distributed.batched_data_dict", "nemo_rl.distributed.virtual_cluster", "nemo_rl.environments.metrics")
    module = scorer_file("nemo_rl.environments.math_environment", bare=bare, stand_ins=(*stand_ins, "nemo_rl.environments.utils"))
    maths, choice = module.HFVerifyWorker(), module.EnglishMultichoiceVerifyWorker()

    def score(row, reply):
        gold = plain(row["output"])
        worker = choice if re.fullmatch("[A-Z]", gold) and "Answer:" in row["input"][-400:] else maths
        return worker.verify([reply], [gold], math_verify_impl="hf_math_verify")[0]

    return score


def nemo_rl_contract():
    """What NeMo-RL's math environment does with Math-Verify, for where its own code cannot be installed."""
    needs("math_verify", "sympy.parsing.latex")
    from math_verify import ExprExtractionConfig, LatexExtractionConfig
    from math_verify.metric import math_metric

    logging.getLogger("math_verify").setLevel(logging.CRITICAL)
    verify = math_metric(
        gold_extraction_target=(LatexExtractionConfig(),),
        pred_extraction_target=(ExprExtractionConfig(), LatexExtractionConfig()),
    )

    def score(row, reply):
        gold = plain(row["output"])
        if "Answer:" in row["input"][-400:]:
            raise NotScored("a choice, which its other worker scores")
        try:
            return float(verify(["\\boxed{" + gold + "}"], [reply])[0])
        except Exception:
            return 0.0

    return score


def open_instruct():
    needs("sympy.parsing.latex", "numpy")
    stand_ins = ("requests", "torch", "vllm", "ray", "datasets", "transformers", "litellm", "accelerate", "tiktoken", "pandas")
    ours = ("logger_utils", "context_window_checker", "if_functions", "IFEvalG", "judge_utils", "rubrics", "utils")
    stand_ins += tuple(f"open_instruct.{name}" for name in ours)
    package = without_init("open_instruct")
    sys.modules["open_instruct"] = package
    for name in ours:
        # Logging, judges and instruction checks around the verifiers, which need a GPU's stack to import.
        sys.modules[f"open_instruct.{name}"] = StandIn(f"open_instruct.{name}")
        setattr(package, name, sys.modules[f"open_instruct.{name}"])
        for inner in ("instructions_registry", "prompts", "run_utils"):
            sys.modules[f"open_instruct.{name}.{inner}"] = StandIn(inner)
    module = scorer_file("open_instruct.ground_truth_utils", stand_ins=stand_ins)
    scored = (module.GSM8KVerifier, module.MathVerifier, module.StringMatcherVerifier, module.F1Verifier)
    verifiers = {verifier.name: verifier for verifier in (kind() for kind in scored)}

    def score(row, reply):
        if row["dataset"] not in verifiers:
            raise NotScored(f"verifier `{row['dataset']}` is not tried")
        return verifiers[row["dataset"]]([], reply, plain(row["ground_truth"])).score

    return score


def verifiers():
    needs("math_verify", "sympy.parsing.latex")
    bare = ("verifiers", "verifiers.v1", "verifiers.v1.utils")
    module = scorer_file("verifiers.v1.utils.score", bare=bare, stand_ins=("verifiers.v1.errors",))

    def score(row, reply):
        # A package brings its own scorer, so answers are in the words of the document; numbers are the same in mathematics.
        if json.loads(row["info"])["answer_type"] not in ("integer", "decimal", "fraction", "expression"):
            raise NotScored("its answer is in words, which reward.py scores")
        return module.verify_boxed_math_answer(reply, plain(row["answer"]))

    return score


def rllm():
    needs("sympy", "pylatexenc.latex2text")
    bare = ("rllm", "rllm.eval", "rllm.eval.reward_fns", "rllm.rewards", "rllm.rewards.math_utils")
    stand_ins = ("rllm.types", "pydantic")
    names = {"math": "math_reward_fn", "mcq": "mcq_reward_fn"}
    modules = {names[name]: scorer_file(f"rllm.eval.reward_fns.{name}", bare=bare, stand_ins=stand_ins) for name in names}
    modules["import"] = scorer_file("rllm.rewards.math_utils.utils", bare=bare, stand_ins=stand_ins)

    def score(row, reply):
        name = row["#verifier"].get("name")
        if name not in modules:
            raise NotScored("its verifier is not one of rLLM's own")
        plain(row["ground_truth"])
        task = types.SimpleNamespace(metadata=row)
        return modules[name].evaluate(task, types.SimpleNamespace(artifacts={"answer": reply})).reward

    return score


def slime():
    needs("sympy", "pylatexenc.latex2text")
    bare = ("slime", "slime.utils", "slime.rollout")
    stand_ins = ("aiohttp", "torch", "slime.utils.misc", "slime.utils.types")
    module = scorer_file("slime.rollout.rm_hub", bare=bare, stand_ins=stand_ins)

    def score(row, reply):
        if not row["metadata"].get("rm_type"):
            raise NotScored("it names no `rm_type`")
        sample = types.SimpleNamespace(response=reply, label=plain(row["label"]), metadata=dict(row["metadata"]), custom_rm_path=None)
        return asyncio.run(module.async_rm(types.SimpleNamespace(custom_rm_path=None, rm_type=None), sample))

    return score


# Where a second entry is given, it is tried when the first is unavailable.
STOCK = {
    "trl": (trl,),
    "verl": (verl,),
    "openrlhf": (openrlhf,),
    "skyrl": (skyrl,),
    "nemo-rl": (nemo_rl, nemo_rl_contract),
    "open-instruct": (open_instruct,),
    "verifiers": (verifiers,),
    "rllm": (rllm,),
    "slime": (slime,),
}


def gold_of(format_name, row):
    """The text that the trainer's own scorer takes for the gold answer."""
    if format_name == "verl":
        gold = row["reward_model"]["ground_truth"]
    elif format_name == "skyrl":
        gold = row["reward_model" if row["env_class"] == "aime" else "reward_spec"]["ground_truth"]
    else:
        column = {"trl": "solution", "openrlhf": "label", "slime": "label", "nemo-rl": "output", "verifiers": "answer"}
        gold = row[column.get(format_name, "ground_truth")]
    if isinstance(gold, dict):
        gold = gold["target"][0]
    boxed = re.fullmatch(r"\\boxed\{(.*)\}", plain(gold), re.DOTALL)
    return boxed.group(1) if boxed else gold


def stock_scorer(format_name):
    """Loads the first stock scorer of a format that can be had: its name, the function, and why others could not."""
    reasons = []
    for load in STOCK.get(format_name, ()):
        try:
            return load.__name__, quiet(load()), reasons
        except Unavailable as error:
            reasons.append(f"{load.__name__}: {error}")
    raise Unavailable("; ".join(reasons) or "the format has no scorer of its own")
