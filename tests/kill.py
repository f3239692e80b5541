"""Ends runs that ask models at random moments, starts them again, and counts what was paid twice.

    python3 tests/kill.py QUARRY [killed | stopped]...

Needs pyarrow. Prints a line a case and ends with `N passed, N failed`.
"""

import collections
import itertools
import json
import os
import random
import signal
import subprocess

import jobs

NUM_KILLS = 30
NUM_STOPS = 12
# In one output directory, before its run may go to the end: what one kill left is killed over again.
KILLS_EACH = 3
# Should runs be over before they are ended.
MOST_DIRECTORIES = 30
# Calls in flight to an endpoint, each of the three models counted apart.
IN_FLIGHT = 16
# Replies that are written to the ledger together.
GROUP = 64
# A clean stop takes no longer.
STOP_SECONDS = 10
# Decoding takes its time, so that kills hit calls.
MOCK = ("--slots", 64, "--speed", 10)


class Trial:
    """Runs in one output directory, against a server of its own that remembers what it was asked."""

    def __init__(self, quarry, folder, name):
        self.quarry, self.folder, self.name = quarry, folder / name, name

    def __enter__(self):
        self.mock = jobs.mock(self.quarry, self.folder, *MOCK)
        self.job = jobs.Job(self.quarry, self.folder, self.mock.__enter__(), limit=16, in_flight=IN_FLIGHT)
        return self

    def __exit__(self, *error):
        self.mock.__exit__(*error)

    def ended_after(self, seconds, with_signal):
        """Starts a run and ends it after a while. Returns its code, or None if it was over before."""
        process = self.job.start()
        try:
            process.wait(seconds)
            assert process.returncode == 0, f"exit code {process.returncode} before any signal"
            return None
        except subprocess.TimeoutExpired:
            pass
        if with_signal == signal.SIGKILL:
            os.killpg(process.pid, with_signal)
        else:
            process.send_signal(with_signal)
        return process.wait(STOP_SECONDS + 1)

    def num_repeated(self):
        """Requests that came again after their answer had gone out; known once the server has ended."""
        lines = (self.folder / "mock.jsonl").read_text(encoding="utf-8").splitlines()
        answered = collections.Counter(line["hash"] for line in map(json.loads, lines) if line["status"] == 200)
        assert answered, "the server was not asked at all"
        return sum(answered.values()) - len(answered)


def ended_again_and_again(quarry, folder, signals, num_wanted, most_repeated_each):
    """Ends runs until enough signals have hit, and compares what each directory holds in the end."""
    with Trial(quarry, folder, "undisturbed") as trial:
        whole = trial.job.run().exits(0).seconds
    results = jobs.a_sound_dataset(quarry, trial.job.out())
    assert results["pairs"]["num_accepted"] > 0, results["pairs"]
    assert trial.num_repeated() == 0
    expected = jobs.files(trial.job.out())
    # The same moments in every test run, as far as a machine can.
    moments = random.Random(17)
    num_hit = num_repeated = 0
    for directory in itertools.count():
        if num_hit >= num_wanted:
            break
        assert directory < MOST_DIRECTORIES, f"only {num_hit} signals hit a run of {whole:.1f} s"
        codes = []
        with Trial(quarry, folder, f"{directory}") as trial:
            for _ in range(KILLS_EACH):
                sent = signals[(num_hit + len(codes)) % len(signals)]
                code = trial.ended_after(moments.uniform(0.05, 0.75) * whole, sent)
                if code is None:
                    break
                # A signal may come before the program listens for it.
                assert code in (-sent, 128 + sent), f"{sent.name}: exit code {code}"
                codes.append(code)
            trial.job.run().exits(0)
        what = f"directory {directory}, ended by {codes}"
        jobs.same_files(trial.job.out(), expected, what)
        jobs.a_sound_dataset(quarry, trial.job.out())
        repeated = trial.num_repeated()
        assert repeated <= most_repeated_each * len(codes), f"{what}: {repeated} calls were paid twice"
        num_hit += len(codes)
        num_repeated += repeated
    return f"{num_hit} of a run of {whole:.1f} s, {num_repeated} calls paid twice, the same bytes every time"


def killed(quarry, folder):
    return ended_again_and_again(quarry, folder, [signal.SIGKILL], NUM_KILLS, len(jobs.ROLES) * IN_FLIGHT + GROUP)


def stopped(quarry, folder):
    return ended_again_and_again(quarry, folder, [signal.SIGTERM, signal.SIGINT], NUM_STOPS, 0)


if __name__ == "__main__":
    jobs.main(__doc__, {"killed": killed, "stopped": stopped})
