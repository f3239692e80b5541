//! What every part of a run shares: the plan, the directory it owns, DataFusion's runtime, progress.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use datafusion::execution::TaskContext;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::stream::{StreamExt, TryStreamExt};
use quarry_schema::content_id;

use super::{Phase, Progress, RunOptions};
use crate::Error;
use crate::commit::{DirLock, State, UnitRecord};
use crate::exec::RunCounts;
use crate::plan::Plan;
use crate::read::{Shard, list_shards};

/// The folder of unit files and state below an output directory.
pub(crate) fn state_dir(out: &Path) -> PathBuf {
    out.join(".quarry")
}

/// A run in progress.
pub(crate) struct RunCtx {
    pub(crate) plan: Plan,
    pub(crate) options: RunOptions,
    pub(crate) progress: Arc<Progress>,
    pub(crate) shards: Vec<InputShard>,
    pub(crate) state: State,
    pub(crate) session: SessionContext,
    pub(crate) started: Instant,
    /// What happened in all units that the run passed, new or reused.
    pub(crate) counts: RunCounts,
    _lock: DirLock,
}

/// A shard with the identity of its content.
pub(crate) struct InputShard {
    pub(crate) shard: Shard,
    /// Hash of name, content and the options that change its rows.
    pub(crate) identity: String,
    /// Hash of the stored bytes.
    pub(crate) digest: String,
}

impl RunCtx {
    /// Locks the output directory, lists and hashes the input, opens the state.
    pub(crate) async fn open(plan: Plan, options: RunOptions, progress: Arc<Progress>) -> Result<RunCtx, Error> {
        let started = Instant::now();
        let shards = list_shards(&options.inputs).await?;
        let folder = state_dir(&options.out);
        std::fs::create_dir_all(&folder).map_err(|error| Error::output(&folder, error))?;
        let lock = DirLock::acquire(&folder, &options.holder)?;
        let state = State::open(&folder.join("state.db"))?;
        if options.retry_failed {
            state.forget_failed()?;
        }
        progress.enter(Phase::Hashing);
        let shards = hash_shards(shards, &options).await?;
        progress.set_total_bytes(shards.iter().map(|input| input.shard.size_bytes()).sum());
        let session = session(&folder, options.memory_bytes)?;
        Ok(RunCtx {
            plan,
            options,
            progress,
            shards,
            state,
            session,
            started,
            counts: RunCounts::default(),
            _lock: lock,
        })
    }

    /// Adds a unit, new or reused, to progress and counts.
    pub(crate) fn pass(&self, unit: &UnitRecord, reused: bool) {
        self.progress.unit_done(unit.segment, unit, reused);
        for (stage, counts) in &unit.counts {
            self.counts.add(stage, counts);
        }
    }

    /// The file of a committed unit.
    pub(crate) fn unit_path(&self, id: &str) -> PathBuf {
        state_dir(&self.options.out).join("units").join(format!("{id}.parquet"))
    }

    /// The file of a barrier's decisions.
    pub(crate) fn barrier_path(&self, id: &str) -> PathBuf {
        state_dir(&self.options.out).join("barriers").join(format!("{id}.parquet"))
    }

    /// The keys of the rows that a barrier let pass.
    pub(crate) fn signatures_path(&self, id: &str) -> PathBuf {
        state_dir(&self.options.out).join("barriers").join(format!("{id}.signatures.parquet"))
    }

    /// Where sorts and barriers put what does not fit into memory.
    pub(crate) fn spill_dir(&self) -> PathBuf {
        spill_dir(&state_dir(&self.options.out))
    }

    /// DataFusion's view of this run.
    pub(crate) fn task_ctx(&self) -> Arc<TaskContext> {
        self.session.task_ctx()
    }
}

async fn hash_shards(shards: Vec<Shard>, options: &RunOptions) -> Result<Vec<InputShard>, Error> {
    // Column mapping and the longest row decide what a row is; they belong to the identity of the content.
    let read = &options.read;
    let reading = format!("{:?} {:?} {} {:?}", read.mapping, read.rows, read.max_row_bytes, read.on_truncated);
    futures::stream::iter(shards)
        .map(|shard| {
            let reading = &reading;
            async move {
                let digest = shard.digest().await?;
                let identity = content_id(&[&shard.name, &digest, reading]);
                Ok(InputShard { shard, identity, digest })
            }
        })
        .buffered(4)
        .try_collect()
        .await
}

fn spill_dir(folder: &Path) -> PathBuf {
    folder.join("spill")
}

fn session(folder: &Path, memory_bytes: usize) -> Result<SessionContext, Error> {
    let spill = spill_dir(folder);
    let disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Directories(vec![spill.clone()]));
    std::fs::create_dir_all(&spill).map_err(|error| Error::output(&spill, error))?;
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(memory_bytes)))
        .with_disk_manager_builder(disk)
        .build_arc()
        .map_err(Error::internal)?;
    let mut config = SessionConfig::new().with_target_partitions(1).with_batch_size(1024);
    config.options_mut().execution.parquet.schema_force_view_types = false;
    // A sort keeps this much back for merging its spilled runs.
    config.options_mut().execution.sort_spill_reservation_bytes = (memory_bytes / 16).min(10 << 20);
    Ok(SessionContext::new_with_config_rt(config, runtime))
}
