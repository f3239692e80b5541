//! HTTP: connections to a model's endpoints, and one exchange over them.
//!
//! One request, one response. Whether to ask again, where and when is decided elsewhere.

mod connect;
mod exchange;

pub(crate) use connect::{Address, addresses, connect};
pub(crate) use exchange::{Page, Post, get, post, post_streamed};
