"""The environment "quarry" for SkyRL: one turn, scored by reward.py beside this file. Importing it registers it."""

import importlib.util
import os

import skyrl_gym
from skyrl_gym.envs.base_text_env import BaseTextEnv, BaseTextEnvStepOutput

# By its place, so that another module called `reward` on the path is not taken for it.
_PLACE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reward.py")
_SPEC = importlib.util.spec_from_file_location("quarry_reward", _PLACE)
_reward = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_reward)


class QuarryEnv(BaseTextEnv):
    """Scores the first reply against the answer spec in `reward_spec.ground_truth`."""

    def __init__(self, env_config=None, extras=None):
        super().__init__()
        self.spec = (extras or {})["reward_spec"]["ground_truth"]

    def step(self, action):
        reward = _reward.compute_score("quarry", action, self.spec)
        return BaseTextEnvStepOutput(observations=[], reward=reward, done=True, metadata={})


skyrl_gym.register(id="quarry", entry_point=__name__ + ":QuarryEnv")
