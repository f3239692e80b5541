# For rLLM, whose dataset.toml names this file and function.


def evaluate(metadata, trajectory):
    """rLLM's verifier; the ground truth is the answer spec as JSON. What cannot be told counts as 0."""
    judged = check(metadata["ground_truth"], trajectory.get("output") or "")
    is_correct = judged["verdict"] == "correct"
    return {"reward": 1.0 if is_correct else 0.0, "is_correct": is_correct, "metadata": judged}
