# For slime, whose --custom-rm-path names this function. Replies may end in special tokens.

_SPECIAL_END = re.compile(r"(?:\s*(?:<\|[^<>|]{1,40}\|>|</s>|<eos>|<end_of_turn>))+\s*\Z")


async def slime_reward(args, sample, **_):
    """slime's custom reward; labels are answer specs as JSON. Takes a sample, or a list of them."""
    if isinstance(sample, list):
        return [_slime_score(one) for one in sample]
    return _slime_score(sample)


def _slime_score(sample):
    return compute_score("quarry", _SPECIAL_END.sub("", sample.response), sample.label)
