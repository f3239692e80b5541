# For OpenRLHF, which gives prompt and reply in one, special tokens included.

_SPECIAL_END = re.compile(r"(?:\s*(?:<\|[^<>|]{1,40}\|>|</s>|<eos>|<end_of_turn>))+\s*\Z")


def _reply_of(query, prompt):
    reply = query[len(prompt) :] if isinstance(prompt, str) and query.startswith(prompt) else query
    return _SPECIAL_END.sub("", reply)


def reward_func(queries, prompts, labels, **_):
    """OpenRLHF's remote reward function; labels are answer specs as JSON. What cannot be told counts as 0."""
    replies = [_reply_of(query, prompt) for query, prompt in zip(queries, prompts)]
    rewards = [compute_score("quarry", reply, label) for reply, label in zip(replies, labels)]
    accuracy = sum(rewards) / max(len(rewards), 1)
    try:
        import torch
    except ImportError:
        return {"rewards": rewards, "scores": rewards, "extra_logs": {"accuracy": accuracy}}
    rewards = torch.tensor(rewards, dtype=torch.float)
    return {"rewards": rewards, "scores": rewards, "extra_logs": {"accuracy": torch.tensor(accuracy)}}
