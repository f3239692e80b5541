"""The exported reward.py, called as each trainer calls it: for each format a function of a case and a reply. Which cases are tried is up
to `trainers.py`."""

import asyncio
import importlib.util
import inspect
import json
import sys
import types

from stock_loaders import taskset
from stock_scorers import Unavailable, needs


class Skipped(Exception):
    """The check does not apply; the text says why."""


def load_file(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def entry(export, name):
    """The function that a trainer looks up by name in reward.py."""
    path = reward_file(export)
    if path is None:
        raise Skipped("there is no reward.py: the rows are for the trainer's own scorer")
    module = load_file(path)
    assert hasattr(module, name), f"reward.py does not define `{name}`"
    return getattr(module, name)


def reward_file(export):
    return next(iter([*export.folder.glob("reward.py"), *export.folder.glob("*/reward.py")]), None)


def through_verl(export):
    score = entry(export, "compute_score")
    return lambda case, reply: score(
        data_source=case.row["data_source"],
        solution_str=reply,
        ground_truth=case.row["reward_model"]["ground_truth"],
        # verl adds these two before it calls.
        extra_info={**case.row["extra_info"], "num_turns": None, "rollout_reward_scores": {}},
    )


def through_trl(export):
    score = entry(export, "reward")

    def call(case, reply):
        columns = {name: [value] for name, value in case.row.items() if name not in ("prompt", "#verifier")}
        own = dict(completion_ids=[[1]], trainer_state=None, log_extra=None, log_metric=None)
        completions = [[{"role": "assistant", "content": reply}]]
        return score(prompts=[case.row["prompt"]], completions=completions, **own, **columns)[0]

    return call


def through_openrlhf(export):
    score = entry(export, "reward_func")

    def call(case, reply):
        prompt = f"<|im_start|>user\n{case.prompt}<|im_end|>\n<|im_start|>assistant\n"
        scored = score([f"{prompt}{reply}<|im_end|>"], [prompt], [case.row["label"]])
        assert {"rewards", "scores", "extra_logs"} <= set(scored), sorted(scored)
        return float(scored["rewards"][0])

    return call


def through_skyrl(export):
    if reward_file(export) is None:
        raise Skipped("there is no reward.py: the rows are for SkyRL's own environments")
    needs("skyrl_gym")
    from skyrl_gym.envs.base_text_env import BaseTextEnv

    sys.path.insert(0, str(export.folder))
    modules = [load_file(path) for path in sorted(export.folder.glob("*.py"))]
    found = [value for module in modules for value in vars(module).values() if inspect.isclass(value)]
    environments = [value for value in found if issubclass(value, BaseTextEnv) and value is not BaseTextEnv]
    assert environments, "no file of the directory defines an environment"

    def call(case, reply):
        extras = {name: value for name, value in case.row.items() if name not in ("prompt", "env_class", "#verifier")}
        environment = environments[0](env_config=None, extras=extras)
        environment.init(case.row["prompt"])
        step = environment.step(reply)
        assert step["done"], "the environment goes on after a final answer"
        return step["reward"]

    return call


def through_rllm(export):
    config = export.toml("dataset.toml")
    verifier = config.get("verifier", {})
    if "module" not in verifier:
        raise Skipped("dataset.toml names a verifier of rLLM's own")
    score = entry(export, verifier.get("function", "evaluate"))

    def call(case, reply):
        metadata = {name: value for name, value in case.row.items() if name != "#verifier"}
        scored = score(metadata, {"uid": "1", "name": "answer", "task": None, "output": reply, "steps": []})
        return scored["reward"] if isinstance(scored, dict) else float(scored)

    return call


def through_slime(export):
    score = entry(export, "slime_reward")

    def call(case, reply):
        given = {name: case.row[name] for name in ("prompt", "label", "metadata")}
        sample = types.SimpleNamespace(response=f"{reply}<|im_end|>", **given)
        return asyncio.run(score(types.SimpleNamespace(), sample))

    return call


def through_verifiers(export):
    check = entry(export, "check")
    try:
        splits = sorted({path.name.split("-")[0] for path in export.files})
        tasks = {task.key: task for split in splits for task in taskset(export, split)}
    except Unavailable:
        return lambda case, reply: float(check(case.spec, reply)["verdict"] == "correct")
    assert len(tasks) == len(export.rows), f"{len(tasks)} keys for {len(export.rows)} rows"

    def call(case, reply):
        (reward,) = tasks[json.loads(case.row["info"])["id"]].hooks("reward")
        return asyncio.run(reward(types.SimpleNamespace(last_reply=reply)))

    return call


REWARDS = {
    "verl": through_verl,
    "trl": through_trl,
    "openrlhf": through_openrlhf,
    "skyrl": through_skyrl,
    "rllm": through_rllm,
    "slime": through_slime,
    "verifiers": through_verifiers,
}
