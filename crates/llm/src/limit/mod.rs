//! How many calls may be in flight to an endpoint, and who goes first when there are more.
//!
//! Rising latency is no sign of overload here: a server that batches answers each call more slowly and all of them
//! sooner. So the limit follows, in this order: the server's own metrics, completed tokens per second, refusals; or it is
//! fixed.

mod climb;
mod metrics;
mod pace;
mod queue;
mod refusals;

pub(crate) use metrics::{Gauges, read_gauges};
pub(crate) use pace::{Finished, Pace};
pub(crate) use queue::PriorityQueue;
