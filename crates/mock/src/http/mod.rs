//! The server on the wire: what is shared by all requests, and one file for each thing that is answered.

mod app;
mod chat;
mod doorway;
mod exchange;
mod faulty;
mod pages;
mod reply;
mod serve;
#[cfg(test)]
mod tests;

pub use serve::Server;

pub(crate) use app::Shared;
pub(crate) use exchange::short;
