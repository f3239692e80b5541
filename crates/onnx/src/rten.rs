//! The embedded engine: `rten`, pure Rust, on the CPU.

use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool};
use rten_tensor::NdTensor;

use crate::engine::{Session, SessionSource, TokenBatch};
use crate::error::Error;

/// The version in provenance; a test holds it to `Cargo.lock`.
pub(crate) const RTEN_VERSION: &str = "0.27.0";

struct RtenSession {
    name: String,
    model: Arc<Model>,
    inputs: [NodeId; 2],
    output: NodeId,
    pool: Arc<ThreadPool>,
}

/// Opens as many sessions as there are workers; the weights are shared.
pub(crate) fn open(source: &SessionSource<'_>, num_workers: usize) -> Result<Vec<Box<dyn Session>>, Error> {
    let failed = |problem: String| Error::inference(source.model, format!("rten: {problem}"));
    let mut options = ModelOptions::with_all_ops();
    options.prepack_weights(true);
    let model = Arc::new(options.load(source.bytes.to_vec()).map_err(|error| failed(error.to_string()))?);
    let node = |name: &str| model.node_id(name).map_err(|_| failed(format!("the graph has no value `{name}`")));
    let [ids, mask] = source.inputs;
    let inputs = [node(ids)?, node(mask)?];
    let output = node(source.output)?;
    let sessions = (0..num_workers).map(|_| {
        // A pool of one thread for each worker: rows run side by side, and no row is split over threads.
        let pool = Arc::new(ThreadPool::with_num_threads(1));
        let name = source.model.to_owned();
        Box::new(RtenSession { name, model: Arc::clone(&model), inputs, output, pool }) as Box<dyn Session>
    });
    Ok(sessions.collect())
}

impl Session for RtenSession {
    fn run(&mut self, batch: &TokenBatch) -> Result<Vec<f32>, Error> {
        let shape = [batch.num_rows, batch.width];
        // The engine keeps 64-bit integers of a graph as 32-bit ones; ids are far smaller than either.
        let tensor = |values: &[i64]| {
            let values: Vec<i32> = values.iter().map(|&value| i32::try_from(value).unwrap_or(0)).collect();
            NdTensor::<i32, 2>::from_data(shape, values)
        };
        let [ids, mask] = self.inputs;
        let inputs = vec![(ids, tensor(&batch.ids).into()), (mask, tensor(&batch.mask).into())];
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)));
        let [output] = self
            .model
            .run_n(inputs, [self.output], Some(options))
            .map_err(|error| Error::inference(&self.name, format!("rten: {error}")))?;
        let output: NdTensor<f32, 2> =
            output.try_into().map_err(|_| Error::inference(&self.name, "the output is not a table of 32-bit reals"))?;
        Ok(output.into_data())
    }
}

#[cfg(test)]
mod tests {
    use super::RTEN_VERSION;

    #[test]
    fn the_version_in_provenance_is_the_one_that_is_built() {
        let lock = include_str!("../../../Cargo.lock").replace("\r\n", "\n");
        assert!(lock.contains(&format!("name = \"rten\"\nversion = \"{RTEN_VERSION}\"")));
    }
}
