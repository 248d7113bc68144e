//! Who takes part in a run: servers `n1…`, coordinators and services `k1…`, clients `c1…`.

use std::fmt;
use std::str::FromStr;

/// A node's place in the cast: servers first, then coordinators, then clients.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub u16);

impl NodeId {
    /// The node as an index into per-node tables.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// What a node is for, which decides its letter and its place in pictures.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Sort {
    /// Keeps data: `n1`, `n2`, …
    Server,
    /// Coordinates or serves, apart from the data: `k1`, `k2`, …
    Coordinator,
    /// Asks: `c1`, `c2`, …
    Client,
}

impl Sort {
    /// All sorts, in the order of the cast.
    pub const ALL: [Sort; 3] = [Sort::Server, Sort::Coordinator, Sort::Client];

    /// The letter that names of this sort begin with.
    pub fn letter(self) -> char {
        match self {
            Sort::Server => 'n',
            Sort::Coordinator => 'k',
            Sort::Client => 'c',
        }
    }

    fn of_letter(letter: char) -> Option<Sort> {
        Sort::ALL.into_iter().find(|sort| sort.letter() == letter)
    }
}

/// How many of each sort take part; at most [`Cast::MAX`] in all.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Cast {
    /// Number of servers, `n1` to `n<servers>`.
    pub servers: u16,
    /// Number of coordinators, `k1` to `k<coordinators>`.
    pub coordinators: u16,
    /// Number of clients, `c1` to `c<clients>`.
    pub clients: u16,
}

impl Cast {
    /// The most nodes that a run may have.
    pub const MAX: u16 = 8_192;

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        usize::from(self.servers) + usize::from(self.coordinators) + usize::from(self.clients)
    }

    /// Whether nobody takes part.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn count(&self, sort: Sort) -> u16 {
        match sort {
            Sort::Server => self.servers,
            Sort::Coordinator => self.coordinators,
            Sort::Client => self.clients,
        }
    }

    fn first(&self, sort: Sort) -> u16 {
        match sort {
            Sort::Server => 0,
            Sort::Coordinator => self.servers,
            Sort::Client => self.servers + self.coordinators,
        }
    }

    /// The `number`-th (from 0) node of a sort.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn node(&self, sort: Sort, number: u16) -> NodeId {
        assert!(number < self.count(sort), "no {}{}", sort.letter(), number + 1);
        NodeId(self.first(sort) + number)
    }

    /// Server `number` (from 0).
    pub fn server(&self, number: u16) -> NodeId {
        self.node(Sort::Server, number)
    }

    /// Coordinator `number` (from 0).
    pub fn coordinator(&self, number: u16) -> NodeId {
        self.node(Sort::Coordinator, number)
    }

    /// Client `number` (from 0).
    pub fn client(&self, number: u16) -> NodeId {
        self.node(Sort::Client, number)
    }

    /// Sort and number (from 0) of a node.
    pub fn sort(&self, node: NodeId) -> (Sort, u16) {
        let (coordinators, clients) = (self.first(Sort::Coordinator), self.first(Sort::Client));
        match node.0 {
            at if at >= clients => (Sort::Client, at - clients),
            at if at >= coordinators => (Sort::Coordinator, at - coordinators),
            at => (Sort::Server, at),
        }
    }

    /// The node's number among all that could ever take part: what its dice go by. It does not depend on how many others
    /// there are, so that one more replica leaves everybody else's luck alone.
    pub fn luck(&self, node: NodeId) -> u16 {
        let (sort, number) = self.sort(node);
        (sort as u16) << 14 | number
    }

    /// All nodes in order.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.len() as u16).map(NodeId)
    }

    /// All nodes of one sort in order.
    pub fn of(&self, sort: Sort) -> impl Iterator<Item = NodeId> + use<> {
        (self.first(sort)..self.first(sort) + self.count(sort)).map(NodeId)
    }

    /// The node's name as links and pictures write it: `n1`, `k2`, `c3`.
    pub fn name(&self, node: NodeId) -> Name {
        let (sort, number) = self.sort(node);
        Name { sort, number: number + 1 }
    }

    /// The node of that name, if it takes part.
    pub fn find(&self, name: Name) -> Option<NodeId> {
        let number = name.number.checked_sub(1)?;
        (number < self.count(name.sort)).then(|| self.node(name.sort, number))
    }

    /// The nodes of a group; the names that do not take part come back as the error.
    pub fn members(&self, group: &Group) -> Result<Vec<NodeId>, Name> {
        let mut nodes = Vec::new();
        for part in &group.0 {
            match part {
                Part::One(name) => nodes.push(self.find(*name).ok_or(*name)?),
                Part::All(sort) => nodes.extend(self.of(*sort)),
            }
        }
        crate::sorted::sort(&mut nodes);
        nodes.dedup();
        Ok(nodes)
    }
}

/// A node's name in a link: a sort and a number from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Name {
    /// The sort, written as its letter.
    pub sort: Sort,
    /// The number, from 1.
    pub number: u16,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.sort.letter(), self.number)
    }
}

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Name, String> {
        let wrong = || {
            format!(
                "‘{text}’ is not a node: nodes are n1, n2 … (servers), k1 … (coordinators), c1 … (clients)"
            )
        };
        let mut letters = text.chars();
        let sort = letters.next().and_then(Sort::of_letter).ok_or_else(wrong)?;
        let digits = letters.as_str();
        if digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        Ok(Name { sort, number: digits.parse().map_err(|_| wrong())? })
    }
}

/// Some nodes: names joined by dots (`n2.n3`), or `c.` for all of a sort.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Group(pub Vec<Part>);

/// One part of a group.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Part {
    /// One node.
    One(Name),
    /// All nodes of a sort.
    All(Sort),
}

impl Part {
    /// The sort of its nodes.
    pub fn sort(self) -> Sort {
        match self {
            Part::One(name) => name.sort,
            Part::All(sort) => sort,
        }
    }
}

impl Group {
    /// The group of just these nodes.
    pub fn of(names: impl IntoIterator<Item = Name>) -> Group {
        Group(names.into_iter().map(Part::One).collect())
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, part) in self.0.iter().enumerate() {
            match part {
                // `c.` ends with its own dot, which also parts it from what follows.
                Part::All(sort) => write!(f, "{}.", sort.letter())?,
                Part::One(name) if i + 1 < self.0.len() => write!(f, "{name}.")?,
                Part::One(name) => write!(f, "{name}")?,
            }
        }
        Ok(())
    }
}

impl FromStr for Group {
    type Err = String;

    fn from_str(text: &str) -> Result<Group, String> {
        if text.is_empty() {
            return Err("a node is missing: write n1, or several as n2.n3, or c. for all clients".into());
        }
        let mut parts = Vec::new();
        let mut pieces = text.split('.').peekable();
        while let Some(piece) = pieces.next() {
            let last = pieces.peek().is_none();
            if piece.is_empty() && last && matches!(parts.last(), Some(Part::All(_))) {
                break;
            }
            let mut letters = piece.chars();
            match (letters.next().and_then(Sort::of_letter), letters.as_str()) {
                (Some(sort), "") if !last => parts.push(Part::All(sort)),
                _ => parts.push(Part::One(piece.parse()?)),
            }
        }
        Ok(Group(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_print_as_they_are_read() {
        for text in ["n1", "n2.n3", "c.", "n1.c.", "c.n1", "c.n."] {
            assert_eq!(text.parse::<Group>().unwrap().to_string(), text);
        }
        for text in ["", "x1", "n", "n0", "n01", "n1..n2", "n1.", "n99999", "."] {
            assert!(text.parse::<Group>().is_err(), "{text}");
        }
    }

    #[test]
    fn names_and_nodes_match() {
        let cast = Cast { servers: 3, coordinators: 1, clients: 2 };
        let names: Vec<String> = cast.nodes().map(|node| cast.name(node).to_string()).collect();
        assert_eq!(names, ["n1", "n2", "n3", "k1", "c1", "c2"]);
        for node in cast.nodes() {
            assert_eq!(cast.find(cast.name(node)), Some(node));
        }
        assert_eq!(cast.members(&"c.n2".parse().unwrap()).unwrap(), [NodeId(1), NodeId(4), NodeId(5)]);
    }
}
