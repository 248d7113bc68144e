//! How people are asked for an act, and what there is to know of it without its arguments.

/// How people are asked for an act.
#[derive(Debug)]
pub struct Form {
    /// Its word in links.
    pub word: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What sort of thing it is.
    pub nature: Nature,
    /// What it is done to.
    pub place: Place,
    /// What it leaves, if anything.
    pub leaves: Option<Leaves>,
    /// What it takes.
    pub fields: &'static [Field],
}

/// A field of a form.
#[derive(Debug)]
pub struct Field {
    /// What it is called.
    pub label: &'static str,
    /// The sign that parts it from the next.
    pub(super) then: &'static str,
    /// What it asks for.
    pub asks: Asks,
    /// What people write, as links write it.
    pub encode: fn(&str) -> String,
}

/// What a field asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asks {
    /// One or more nodes.
    Nodes,
    /// One node.
    Node,
    /// A kind of message, or any.
    Kind,
    /// A request of the lab's.
    Request,
    /// A text, such as this.
    Text(&'static str),
    /// Nothing: forms leave it out.
    Nothing,
}

/// What an act is done to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// To nodes.
    Node,
    /// To messages on the way from nodes to nodes.
    Way,
    /// To the whole, or to none.
    Nobody,
}

/// What sort of thing an act is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nature {
    /// It breaks something, or mends it.
    Fault,
    /// It uses the system.
    Request,
    /// It changes chance.
    Luck,
    /// It only tells of the run.
    Narration,
}

/// What an act leaves, until something mends it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Leaves {
    /// Ways that are cut.
    Cut,
    /// Nodes that are down.
    Down,
    /// Nodes that go down at some later time.
    DownLater,
    /// Nodes that are paused.
    Paused,
    /// Nodes that are slow.
    Slow,
}

impl Form {
    /// The act with these values for its fields, as links write it.
    pub fn write(&self, values: impl IntoIterator<Item = String>) -> String {
        let mut text = self.word.to_owned();
        let mut sign = ":";
        for (field, value) in self.fields.iter().zip(values) {
            if !value.is_empty() {
                text.push_str(sign);
                text.push_str(&value);
            }
            sign = field.then;
        }
        text
    }

    /// An act such as people might write, of nodes `n1` and `n2`.
    pub fn example(&self) -> String {
        self.example_of(&["n1", "n2"], "put.x.3")
    }

    /// An act such as people might write, of these nodes in turn and with this request, where it takes any.
    pub fn example_of(&self, nodes: &[&str], request: &str) -> String {
        let mut nodes = nodes.iter();
        self.write(self.fields.iter().map(|field| match field.asks {
            Asks::Nodes | Asks::Node => nodes.next().map_or_else(String::new, |node| (*node).to_owned()),
            Asks::Kind => "any".to_owned(),
            Asks::Request => request.to_owned(),
            Asks::Text(such) => (field.encode)(such),
            Asks::Nothing => String::new(),
        }))
    }
}
