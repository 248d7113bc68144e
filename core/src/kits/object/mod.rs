//! Replicated objects: what clients ask of keys and when, what they are told, and how that is judged.
//!
//! A lab keeps its messages, its roles and its laws. Its client holds [`Calls`] and sends what they say is to be asked.

mod calls;
pub mod goals;
mod led;
mod ledger;
mod linearity;
pub mod progress;
mod registers;
mod request;
mod seeker;
mod waiting;
mod writes;

pub use calls::{Calls, ClientTimer, Drawn, Numbers, Open, Workload};
pub use led::LedCalls;
pub use ledger::{Ledger, Served, Times};
use linearity::Linearity;
pub use progress::Progress;
pub use registers::{Command, Registers, Taken, asked_by, command_words};
pub use request::{KEYS, Mix, Request, ask_problem};
use seeker::Seeker;
pub use waiting::{Waiting, serve};
pub use writes::Writes;
