//! What things in a picture are: the names under which the stylesheet has their colours.

use splitbrain::lab::shows::Tone;

macro_rules! roles {
    ($($(#[$about:meta])* $role:ident => $class:literal,)*) => {
        /// What a mark is. The stylesheet gives each role its colours, by the class of the role.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Role { $($(#[$about])* $role,)* }

        impl Role {
            /// Every role, in order of its number.
            pub const ALL: &'static [Role] = &[$(Role::$role),*];

            /// The name in class `r-NAME` and custom property `--sb-NAME`.
            pub fn name(self) -> &'static str {
                match self { $(Role::$role => $class,)* }
            }

            /// The class of marks of this role.
            pub fn class(self) -> &'static str {
                match self { $(Role::$role => concat!("r-", $class),)* }
            }
        }
    };
}

roles! {
    /// Text, and lines as strong as text.
    Ink => "ink",
    /// Text of lesser weight.
    InkSoft => "ink-soft",
    /// The page behind everything: a mark that covers what is under it.
    Paper => "paper",
    /// What the reader may act on, and what is chosen.
    Accent => "accent",
    /// What the keyboard is on.
    Focus => "focus",
    /// An axis, a lane, a time line.
    Axis => "axis",
    /// Quiet lines behind a chart.
    Grid => "grid",
    /// A shaded stretch: a partition, a window.
    Band => "band",
    /// A node that works.
    NodeUp => "node-up",
    /// A node that has crashed.
    NodeDown => "node-down",
    /// A node that is paused.
    NodePaused => "node-paused",
    /// A node that is slow.
    NodeSlow => "node-slow",
    /// A node that leads or coordinates.
    NodeLead => "node-lead",
    /// A client.
    Client => "client",
    /// A link between nodes.
    Link => "link",
    /// A link that is cut.
    LinkCut => "link-cut",
    /// A message that died.
    MessageLost => "message-lost",
    /// A promise kept; a good result.
    Kept => "kept",
    /// A promise broken; a bad result.
    Broken => "broken",
    /// Not known, or not known yet.
    Unknown => "unknown",
    /// An operation that went well.
    OpOk => "op-ok",
    /// An operation that failed.
    OpFailed => "op-failed",
    /// An operation that is open or of which nobody knows how it ended.
    OpUnknown => "op-unknown",
    /// The first of eight kinds of message, and of eight series of a chart: see [`Role::series`].
    Series0 => "series-0",
    /// The second of eight.
    Series1 => "series-1",
    /// The third of eight.
    Series2 => "series-2",
    /// The fourth of eight.
    Series3 => "series-3",
    /// The fifth of eight.
    Series4 => "series-4",
    /// The sixth of eight.
    Series5 => "series-5",
    /// The seventh of eight.
    Series6 => "series-6",
    /// The eighth of eight.
    Series7 => "series-7",
}

impl Role {
    /// The role of a kind of message, of a series or of a value, by its index; the ninth looks like the first.
    pub fn series(index: usize) -> Role {
        Role::ALL[Role::Series0 as usize + index % 8]
    }

    /// Whether shapes of this role are outlined and filled with a tint, so that ink can be read on them.
    pub fn is_tinted(self) -> bool {
        use Role::*;
        matches!(
            self,
            NodeUp
                | NodeDown
                | NodePaused
                | NodeSlow
                | NodeLead
                | Client
                | Band
                | OpOk
                | OpFailed
                | OpUnknown
        )
    }

    /// Whether words may be written in this role's colour; other roles' words are written in ink.
    pub fn is_legible(self) -> bool {
        use Role::*;
        matches!(self, Ink | InkSoft | Accent | Kept | Broken | Unknown | MessageLost | LinkCut)
    }
}

impl From<Tone> for Role {
    fn from(tone: Tone) -> Role {
        match tone {
            Tone::Well => Role::NodeUp,
            Tone::Leads => Role::NodeLead,
            Tone::Between => Role::NodeSlow,
            Tone::Out => Role::NodeDown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_roles_go_round() {
        assert_eq!(
            (Role::series(0), Role::series(7), Role::series(8)),
            (Role::Series0, Role::Series7, Role::Series0)
        );
    }
}
