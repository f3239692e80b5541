//! The command line as its users meet it: what is printed where, and the exit codes that scripts rely on.

mod answers;
mod faults;
mod ledger;
mod lone;
mod looking;
mod packs;
mod recipes;
mod running;
