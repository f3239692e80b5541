//! A run that is killed at any moment and started again makes what it would have made undisturbed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::dataset::{assert_conserved, assert_same_bytes, bytes, counts};
use crate::place::{Place, ran};
use crate::sample::write_shards;

/// Kills that must hit a living run.
const NUM_KILLS: usize = 20;
/// Kills in one output directory before its run may go to the end: what one kill left is killed over again.
const KILLS_EACH: usize = 2;
/// Output directories at most, should kills come too late on a machine that got faster meanwhile.
const MOST_DIRECTORIES: usize = 60;

struct Job {
    place: Place,
    num_rows: u64,
}

impl Job {
    fn new() -> Job {
        let place = Place::with_default_recipe();
        let num_rows = write_shards(&place);
        place.write("config.toml", "[run]\nthreads = 2\nunit_rows = 10\nbatch_rows = 64\n");
        Job { place, num_rows }
    }

    fn command(&self, out: &str) -> Command {
        let recipe = "pipeline/recipes/recipe.toml";
        self.place.quarry(["run", recipe, "-i", "shards", "-o", out, "--config", "config.toml"])
    }

    /// Runs undisturbed and returns the dataset and how long it took.
    fn baseline(&self) -> (BTreeMap<PathBuf, Vec<u8>>, Duration) {
        let started = Instant::now();
        ran(&mut self.command("baseline")).exits(0);
        let elapsed = started.elapsed();
        assert_conserved(&self.place.path("baseline"), self.num_rows);
        (bytes(&self.place.path("baseline")), elapsed)
    }

    /// Starts a run, kills it without warning after a delay, and says whether it was still alive.
    fn kill_after(&self, out: &str, delay: Duration) -> bool {
        let mut command = self.command(out);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(delay);
        child.kill().unwrap();
        // Without a code it was the signal that ended it.
        child.wait().unwrap().code().is_none()
    }
}

/// The same moments in every test run: splitmix64, as fractions of the whole.
struct Moments {
    state: u64,
    whole: Duration,
}

impl Iterator for Moments {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        Some(self.whole.mul_f64((mixed >> 11) as f64 / (1_u64 << 53) as f64))
    }
}

#[test]
fn a_run_killed_at_twenty_random_moments_and_resumed_gives_the_same_bytes() {
    let job = Job::new();
    let (expected, whole) = job.baseline();
    let expected_counts = counts(&job.place.path("baseline"));
    let mut moments = Moments { state: 2, whole };
    let mut num_kills = 0;
    for directory in 0..MOST_DIRECTORIES {
        if num_kills >= NUM_KILLS {
            break;
        }
        let out = format!("killed-{directory}");
        num_kills += moments.by_ref().take(KILLS_EACH).take_while(|delay| job.kill_after(&out, *delay)).count();
        ran(&mut job.command(&out)).exits(0);
        let out = job.place.path(&out);
        let what = format!("directory {directory} after {num_kills} kills");
        assert_same_bytes(&out, &expected, &what);
        assert_conserved(&out, job.num_rows);
        assert_eq!(counts(&out), expected_counts, "{what}");
        std::fs::remove_dir_all(out).unwrap();
    }
    assert!(num_kills >= NUM_KILLS, "only {num_kills} kills hit a run of {whole:?}");
}

#[test]
fn a_changed_recipe_in_the_same_directory_makes_its_own_dataset() {
    let job = Job::new();
    let command = |out: &str, set: &[&str]| {
        let mut command = job.command(out);
        command.args(set);
        ran(&mut command).exits(0);
        bytes(&job.place.path(out))
    };
    let set = ["--set", &format!("{}.min_tokens=90", length_stage(&job))];
    let first = command("out", &[]);
    let changed = command("out", &set);
    assert!(first != changed, "the param changes nothing");
    command("fresh", &set);
    assert_same_bytes(&job.place.path("fresh"), &changed, "what an earlier recipe left shows in the dataset");
    command("out", &[]);
    assert_same_bytes(&job.place.path("out"), &first, "going back");
}

fn length_stage(job: &Job) -> String {
    let recipe = std::fs::read_to_string(job.place.path("pipeline/recipes/recipe.toml")).unwrap();
    let recipe: toml::Table = recipe.parse().unwrap();
    let stages = recipe["stage"].as_array().unwrap();
    let length = stages.iter().find(|stage| stage["op"].as_str() == Some("length_filter")).unwrap();
    length["name"].as_str().unwrap().to_owned()
}
