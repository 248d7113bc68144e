//! Why messages die: each reason's word, its sentences, and how far the message comes, in one table.

/// Declares the reasons: one row each. A row has the reason's word; what a transcript says of it; what is said of a receiver ("n2 had not
/// received it: …"); and how far on its way the message comes, in hundredths: pictures read it.
macro_rules! losses {
    ($($(#[$doc:meta])* $variant:ident $word:literal, $because:literal, $missed:literal, $way:literal;)+) => {
        /// Why a message died.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Loss { $($(#[$doc])* $variant,)+ }

        impl Loss {
            /// All reasons, in the order of their numbers.
            pub const ALL: &[Loss] = &[$(Loss::$variant),+];

            /// The reason in a word.
            pub fn word(self) -> &'static str {
                match self { $(Loss::$variant => $word,)+ }
            }

            /// The reason as a clause: "the link is cut".
            pub fn because(self) -> &'static str {
                match self { $(Loss::$variant => $because,)+ }
            }

            /// The reason as it is told of a receiver later: "the message died in the cut".
            pub fn missed(self) -> &'static str {
                match self { $(Loss::$variant => $missed,)+ }
            }

            /// How far on its way the message comes: 0 at the sender, 1 at the receiver.
            pub fn way(self) -> f64 {
                f64::from(match self { $(Loss::$variant => $way,)+ }) / 100.0
            }
        }
    };
}

losses! {
    /// The link was cut when it was sent or when it would have arrived.
    Cut "cut", "the link is cut", "the message died in the cut", 50;
    /// The receiver was down.
    Down "down", "the receiver is down", "it was down when the message came", 100;
    /// The network lost it, by chance.
    Chance "lost", "lost by the network", "the network lost the message", 66;
    /// The script dropped it.
    Dropped "dropped", "dropped by the script", "the message was dropped", 66;
}
