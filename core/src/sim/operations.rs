//! The operations of a run in words, for pictures: kept as far as records are.

use super::protocol::{Asked, Protocol, Told};
use crate::cast::NodeId;
use crate::lab::{End, Operation};
use crate::sorted::Map;
use crate::trace::Mark;

/// Collects operations by their numbers in the run.
#[derive(Debug, Default)]
pub(super) struct OperationLog {
    kept: Map<u32, Operation>,
}

impl OperationLog {
    pub(super) fn invoked<P: Protocol>(&mut self, op: u32, client: NodeId, request: &P::Request, mark: Mark) {
        let operation = Operation {
            number: op,
            client,
            request: request.to_string(),
            response: None,
            end: End::Open,
            invoked: mark,
            returned: None,
            effect: request.effect(),
            call: request.call(),
            answer: None,
        };
        self.kept.insert(op, operation);
    }

    pub(super) fn returned<P: Protocol>(&mut self, op: u32, response: &P::Response, mark: Mark) {
        if let Some(operation) = self.kept.get_mut(&op) {
            operation.response = Some(response.to_string());
            operation.end = response.end();
            operation.answer = response.answer();
            operation.returned = Some(mark);
        }
    }

    pub(super) fn abandoned(&mut self, op: u32) {
        if let Some(operation) = self.kept.get_mut(&op) {
            operation.end = End::Unknown;
        }
    }

    pub(super) fn take(&mut self) -> Vec<Operation> {
        std::mem::take(&mut self.kept).into_values().collect()
    }
}
