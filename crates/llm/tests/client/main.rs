//! The client against a server that misbehaves by script.

mod faults;
mod flow;
mod stub;
