//! The client against a server that misbehaves by script.

#![expect(clippy::unwrap_used, reason = "tests")]

mod faults;
mod flow;
mod goodput;
mod stub;
mod tls;
