//! The operations of a run in words, for pictures: kept as far as records are.

use super::protocol::{Asked, Speech, Told};
use crate::cast::NodeId;
use crate::outcome::{End, Operation};
use crate::trace::Mark;

/// Collects operations by their numbers in the run.
#[derive(Debug, Default)]
pub(super) struct OperationLog {
    /// In order of their numbers.
    kept: Vec<Operation>,
}

impl OperationLog {
    pub(super) fn invoked<S: Speech>(
        &mut self,
        op: u32,
        client: NodeId,
        (request, payload): (&S::Request, u32),
        mark: Mark,
    ) {
        let operation = Operation {
            number: op,
            client,
            request: payload,
            response: None,
            end: End::Open,
            invoked: mark,
            returned: None,
            effect: request.effect(),
            call: request.call(),
            answer: None,
        };
        self.kept.push(operation);
    }

    pub(super) fn returned<S: Speech>(
        &mut self,
        op: u32,
        (response, payload): (&S::Response, u32),
        mark: Mark,
    ) {
        if let Some(operation) = self.find(op) {
            operation.response = Some(payload);
            operation.end = response.end();
            operation.answer = response.answer();
            operation.returned = Some(mark);
        }
    }

    pub(super) fn abandoned(&mut self, op: u32) {
        if let Some(operation) = self.find(op) {
            operation.end = End::Unknown;
        }
    }

    /// Whether it is one of those that are kept: then its answer is, too, even if the record of it has no room any more.
    pub(super) fn keeps(&mut self, op: u32) -> bool {
        self.find(op).is_some()
    }

    fn find(&mut self, op: u32) -> Option<&mut Operation> {
        // Where all are kept, their numbers are their places.
        let at = match self.kept.get(op as usize) {
            Some(operation) if operation.number == op => op as usize,
            _ => self.kept.binary_search_by_key(&op, |operation| operation.number).ok()?,
        };
        self.kept.get_mut(at)
    }

    pub(super) fn take(&mut self) -> Vec<Operation> {
        std::mem::take(&mut self.kept)
    }
}
