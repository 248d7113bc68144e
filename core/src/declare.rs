//! The declarations of a lab: each thing is said in one row, from which its type, its place in tables and its words come.

/// Declares an enum of values that show as words, such as timers and answers: after each variant, `=>` and its words, in which its fields stand
/// in braces. What the enum derives besides `Clone`, `PartialEq`, `Eq`, `Hash` and `Debug` stands before it.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$doc:meta])* $variant:ident $(($($place:ident: $placed:ty),+))? $({ $($field:ident: $type:ty),+ })? => $words:literal),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        pub enum $name {
            $($(#[$doc])* $variant $(($($placed),+))? $({ $(#[doc = "See the variant."] $field: $type),+ })?,)+
        }

        impl ::std::fmt::Display for $name {
            #[allow(unused_variables)]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $($name::$variant $(($($place),+))? $({ $($field),+ })? => write!(f, $words),)+
                }
            }
        }
    };
}

/// Declares the messages of a lab: variant, word in links and pictures, role, and what it asks or tells. That gives the enum, the table `KINDS`
/// in the same order, and [`crate::sim::Kinded`]. Where each row ends with `=>` and words, in which its fields stand in braces, they are shown so;
/// else the lab shows them itself.
macro_rules! messages {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$more:meta])* $variant:ident $word:literal $role:ident $about:literal $(($($place:ident: $placed:ty),+))? $({ $($field:ident: $type:ty),+ })? => $words:literal),+ $(,)?
    }) => {
        $crate::declare::messages! {
            $(#[$meta])* pub enum $name { $($(#[$more])* $variant $word $role $about $(($($place: $placed),+))? $({ $($field: $type),+ })?),+ }
        }

        impl ::std::fmt::Display for $name {
            #[allow(unused_variables)]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $($name::$variant $(($($place),+))? $({ $($field),+ })? => write!(f, $words),)+
                }
            }
        }
    };
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$more:meta])* $variant:ident $word:literal $role:ident $about:literal $(($($place:ident: $placed:ty),+))? $({ $($field:ident: $type:ty),+ })?),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        pub enum $name {
            $(#[doc = $about] $(#[$more])* $variant $(($($placed),+))? $({ $(#[doc = "See the variant."] $field: $type),+ })?,)+
        }

        /// The kinds of message, in the order of their numbers.
        pub static KINDS: &[$crate::words::MessageSpec] = &[
            $($crate::words::MessageSpec { word: $word, about: $about, role: $crate::words::MessageRole::$role }),+
        ];

        impl $crate::sim::Kinded for $name {
            #[inline]
            fn kind(&self) -> u8 {
                #[derive(Clone, Copy)]
                enum Place { $($variant),+ }
                (match self { $($name::$variant { .. } => Place::$variant),+ }) as u8
            }
        }
    };
}

/// Declares `Speech`, the vocabulary of a lab whose types are called `Msg`, `Timer`, `Request` and `Response`: what its disks keep, after a comma
/// the marks that its nodes send if they do, and perhaps the functions of [`crate::sim::Speech`] that are not as usual.
macro_rules! speech {
    ($disk:ty $({ $($item:tt)* })?) => {
        $crate::declare::speech!($disk, $crate::sim::Never $({ $($item)* })?);
    };
    ($disk:ty, $mark:ty $({ $($item:tt)* })?) => {
        /// What the nodes of this lab say.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub struct Speech;

        impl $crate::sim::Speech for Speech {
            type Msg = Msg;
            type Timer = Timer;
            type Request = Request;
            type Response = Response;
            type Disk = $disk;
            type Mark = $mark;
            $($($item)*)?
        }
    };
}

/// Declares what the nodes of a lab report: constant, name, how pictures use it, what it means; then perhaps `of` with what its places are
/// called, and `in` with the unit of its numbers. That gives the module `fact` of places in the table `FACTS`.
macro_rules! facts {
    ($($place:ident $name:literal $show:ident $about:literal $(of $of:path)? $(, in $unit:ident)?;)+) => {
        /// What nodes report, by its place among the lab's facts.
        pub mod fact {
            #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
            enum Place { $($place),+ }
            $(#[doc = $about] pub const $place: u8 = Place::$place as u8;)+
        }

        /// What nodes report.
        pub static FACTS: &[$crate::words::FactSpec] = &[
            $($crate::lab::fact($name, $about, $crate::words::Show::$show)$(.of($of))?$(.in_unit($crate::words::Unit::$unit))?),+
        ];
    };
}

/// Declares what a run of a lab comes to: name, unit, what it counts or measures. That gives a struct with a value for each, none where there
/// is nothing to count, and the table `SPECS`.
macro_rules! figures {
    ($($figure:ident $unit:ident $about:literal;)+) => {
        /// What a run comes to: whole numbers in the unit of each figure; none where there was nothing to count or measure.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
        pub struct Figures { $(#[doc = $about] pub $figure: Option<i64>),+ }

        impl Figures {
            /// The figures of the lab, in the order in which they are shown.
            pub const SPECS: &'static [$crate::words::TallySpec] = &[
                $($crate::words::TallySpec { name: stringify!($figure), unit: $crate::words::Unit::$unit, about: $about }),+
            ];

            /// As an outcome has them.
            pub fn tallies(self) -> Vec<$crate::outcome::Tally> {
                let values = [$(self.$figure),+];
                let tally = |(spec, value): (&$crate::words::TallySpec, Option<i64>)| $crate::outcome::Tally { name: spec.name, unit: spec.unit, value };
                Self::SPECS.iter().zip(values).map(tally).collect()
            }
        }
    };
}

/// Declares the node of a lab as an enum of its roles, each a [`crate::sim::Protocol`] of the same configuration and speech: the variant, its
/// type, and after `=>` whose role it is: a pattern of a node's sort, and perhaps a condition on the configuration and the node. The first that
/// fits is taken.
macro_rules! roles {
    ($(#[$meta:meta])* pub enum $name:ident of $configured:ty, $speech:ty, for |$config:ident, $me:ident| {
        $($(#[$doc:meta])* $variant:ident($role:ty) => $sort:pat $(if $when:expr)?),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        pub enum $name { $($(#[$doc])* $variant($role)),+ }

        impl $crate::sim::Protocol for $name {
            type Config = $configured;
            type Speech = $speech;

            fn boot(
                $config: &$configured,
                disk: Option<&$crate::sim::Disk<Self>>,
                ctx: &$crate::sim::Ctx,
                out: &mut $crate::sim::Out<$speech>,
            ) -> Self {
                let $me = ctx.me;
                match $config.cast.sort($me).0 {
                    $($sort $(if $when)? => $name::$variant(<$role as $crate::sim::Protocol>::boot($config, disk, ctx, out)),)+
                }
            }

            fn step(
                &mut self,
                config: &$configured,
                input: $crate::sim::Input<$speech>,
                ctx: &$crate::sim::Ctx,
                out: &mut $crate::sim::Out<$speech>,
            ) {
                match self { $($name::$variant(role) => $crate::sim::Protocol::step(role, config, input, ctx, out)),+ }
            }

            fn weight(&self) -> u64 {
                match self { $($name::$variant(role) => $crate::sim::Protocol::weight(role)),+ }
            }
        }
    };
}

pub(crate) use {facts, figures, messages, roles, speech, words};
