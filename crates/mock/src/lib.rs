//! An OpenAI-compatible server that models a real one: slots, decode speed that falls with load, prefix caching, metrics,
//! faults on demand, and sensible answers. It sees what a server sees and nothing else of a recipe.
//!
//! 1. `http` takes requests, reads them (`request`) and counts their tokens (`tokens`);
//! 2. `faults` decides which of them go wrong;
//! 3. `answers` writes the answers, from the request's bytes and the server's seed alone;
//! 4. `schedule` decides when they are done, with `cache` for what was read before;
//! 5. `record` remembers, and `report` sums up.
//!
//! It is for trying out, benchmarks and fault tests. It keeps no secret and checks no key.

mod answers;
mod cache;
mod error;
mod faults;
mod http;
mod record;
mod report;
mod request;
mod schedule;
mod settings;
mod tokens;

pub use error::Error;
pub use faults::{Kind, Script};
pub use http::Server;
pub use report::Report;
pub use settings::{Habits, Machine, Settings};
