"""Questions with typed answers, scored by reward.py of this package."""

import json
from pathlib import Path

import pyarrow.parquet
import verifiers.v1 as vf

from . import reward


class QaData(vf.TaskData):
    """One question; the spec says which replies are the answer."""

    answer: str
    answer_spec: str


class QaTask(vf.Task[QaData]):
    @property
    def key(self):
        """The id of the pair, which is the same in every export that holds it."""
        return self.data.id

    @vf.reward
    async def correct(self, trace: vf.Trace) -> float:
        return reward.compute_score("quarry", trace.last_reply, self.data.answer_spec)


class QaConfig(vf.TasksetConfig):
    split: str = "train"


class QuarryTaskset(vf.Taskset[QaTask, QaConfig]):
    def load(self):
        """Yields the tasks of the split in the order of the export."""
        files = sorted((Path(__file__).parent / "data").glob(f"{self.config.split}-*.parquet"))
        if not files:
            raise FileNotFoundError(f"this package has no split {self.config.split!r}")
        idx = 0
        for file in files:
            for row in pyarrow.parquet.read_table(file).to_pylist():
                info = json.loads(row["info"])
                data = QaData(
                    idx=idx,
                    id=info["id"],
                    prompt=row["question"],
                    answer=row["answer"],
                    answer_spec=info["answer_spec"],
                )
                idx += 1
                yield QaTask(data, self.config.task)
