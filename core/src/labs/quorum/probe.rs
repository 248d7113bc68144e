//! The probe of PBS: k1 writes, and t after the last acknowledgement k2 reads.

use super::coordinator::{At, Coordinator};
use super::message::{Msg, Request, Response};
use super::config::Config;
use crate::sim::OpId;

/// One of the two coordinators of a probe.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Prober {
    writes: bool,
    done: u32,
    left: u32,
    open: Option<OpId>,
}

impl Prober {
    /// k1 (number 0) writes, k2 reads.
    pub fn new(config: &Config, number: u16) -> Prober {
        let writes = number == 0;
        Prober { writes, done: 0, left: if writes { config.params.writes } else { 1 }, open: None }
    }

    /// The writer begins at once.
    pub fn boot(&mut self, coordinator: &mut Coordinator, at: &mut At<'_>) {
        if self.writes {
            self.go_on(coordinator, None, at);
        }
    }

    /// An operation has ended, or the time to read has come: the next one begins, or the reader is told.
    pub fn go_on(&mut self, coordinator: &mut Coordinator, answer: Option<Response>, at: &mut At<'_>) {
        let mut answer = answer;
        loop {
            if let (Some(answer), Some(op)) = (answer.take(), self.open.take()) {
                at.out.complete(op, answer);
            }
            if self.left == 0 {
                if self.writes {
                    let reader = at.config.cast.coordinator(1);
                    at.out.send(reader, Msg::Go);
                }
                return;
            }
            self.left -= 1;
            self.done += 1;
            let number = self.done - 1;
            let request = match self.writes {
                true => Request::Put { key: 0, value: self.done },
                false => Request::Get { key: 0 },
            };
            let op = at.out.invoke(number, request);
            self.open = Some(op);
            answer = coordinator.ask(op, number, request, at);
            if answer.is_none() {
                return;
            }
        }
    }
}
