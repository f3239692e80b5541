# What trainers call. Each finds the spec where its rows have it, and scores 1.0 for a correct reply, else 0.0.


def compute_score(data_source, solution_str, ground_truth, extra_info=None, **_):
    """verl: a custom reward function."""
    return _score(_spec_of(ground_truth, extra_info), solution_str)


def reward(completions, answer_spec, **_):
    """TRL: a score for each completion, and None where the checker cannot tell, so that the row does not count."""
    scores = {"correct": 1.0, "incorrect": 0.0, "unknown": None}
    return [scores[check(spec, _text_of(reply))["verdict"]] for reply, spec in zip(completions, answer_spec)]


def reward_func(queries, prompts, labels, **_):
    """OpenRLHF: queries are prompts with their replies."""
    rows = zip(queries, prompts, labels)
    scores = [_score(_spec_of(label), _without_prompt(query, prompt)) for query, prompt, label in rows]
    try:
        import torch

        tensor = torch.tensor(scores)
    except ImportError:
        tensor = scores
    return {"rewards": tensor, "scores": tensor, "extra_logs": {}}


def _without_prompt(query, prompt):
    """The reply alone. A prompt that was tokenised and decoded may differ from itself in blanks and special tokens."""
    if query.startswith(prompt):
        return query[len(prompt) :]
    for line in reversed(prompt.splitlines()):
        before, found, reply = query.partition(line) if len(line) >= 20 else ("", "", "")
        if found:
            return reply
    return query


def evaluate(metadata, trajectory):
    """rLLM: a verifier that is loaded from the dataset's folder."""
    spec = _spec_of(metadata.get("answer_spec"), metadata)
    return _score(spec, _text_of(trajectory.get("output") or ""))


async def slime_reward(args, sample, **_):
    """slime: a custom reward model, for one sample or a batch of them."""
    if isinstance(sample, list):
        return [await slime_reward(args, one) for one in sample]
    return _score(_spec_of(sample.label, sample.metadata), sample.response)


def _score(spec, reply):
    return 1.0 if check(spec, reply)["verdict"] == "correct" else 0.0


def _spec_of(ground_truth, extra_info=None):
    """The spec, which is the ground truth itself, or stands beside a plain one."""
    for given in (ground_truth, (extra_info or {}).get("answer_spec")):
        if isinstance(given, str):
            try:
                given = json.loads(given)
            except ValueError:
                continue
        if isinstance(given, dict) and given.get("type") in _CHECKERS:
            return given
    raise ValueError("the ground truth is no answer spec, and there is none under `answer_spec` beside it")


def _text_of(completion):
    """The text of a completion, which may be a list of messages."""
    if isinstance(completion, str):
        return completion
    return completion[-1]["content"]


def _main():
    for line in sys.stdin:
        if line.strip():
            case = json.loads(line)
            judged = check(case["spec"], case["reply"])
            print(json.dumps({"id": case.get("id"), **judged}, ensure_ascii=False))


if __name__ == "__main__":
    _main()
