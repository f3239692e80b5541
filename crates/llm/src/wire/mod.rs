//! What goes over the wire: the body of a request, the reply, and what a refusal means.
//!
//! Plain functions between bytes and values; nothing here waits, sends or remembers.

mod body;
mod fault;
mod reply;
mod retry_after;
mod shown;
mod stream;

pub(crate) use body::{Dialect, Draw, Format, body};
pub(crate) use fault::{Fault, FaultKind, fault_of};
pub(crate) use reply::{Answer, read_answer};
pub(crate) use retry_after::told_wait;
pub(crate) use shown::shown;
pub(crate) use stream::Streamed;
