//! The server on the wire: what is shared by all requests, and one file for each thing that is answered.

mod chat;
mod doorway;
mod exchange;
mod faulty;
mod pages;
mod reply;
mod serve;
mod shared;
#[cfg(test)]
mod tests;

pub use serve::Server;

pub(crate) use exchange::short;
pub(crate) use shared::Shared;
