//! Routes made ready: their steps as flat programs.

use super::config::{Op, Program};
use super::declared::{Graph, Route};
use super::parts::Parts;

impl Program {
    /// A route made ready.
    pub(super) fn of(graph: &Graph, route: &Route) -> Program {
        let mut program = Program { ops: Vec::new(), sites: Vec::new(), fan: 0 };
        program.add(graph, &route.steps);
        program.ops.push(Op::End);
        program
    }

    /// Calls for parts.
    pub(super) fn parts(&mut self, graph: &Graph, parts: Parts) {
        let site = self.sites(graph, &vec![parts.hop; usize::from(parts.many)], None);
        self.ops.push(Op::Parts(site, parts));
    }
}
