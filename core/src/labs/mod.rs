//! The labs: one folder each, one word here.

use crate::lab::Lab;

/// Declares the labs: for each word a module of that name with a `LAB`; after `shows`, the other labs that stand in its lesson.
macro_rules! labs {
    ($($id:ident $(shows $($shown:ident),+)?);+ $(;)?) => {
        $(pub mod $id;)+

        /// Every lab, in the order of catalogues.
        pub const LABS: &[&dyn Lab] = &[$(&$id::LAB),+];

        /// Their ids.
        pub const IDS: &[&str] = &[$(stringify!($id)),+];

        /// For each lab the ids of those that its lesson shows, its own first.
        pub const SHOWN: &[&[&str]] = &[$(&[stringify!($id) $($(, stringify!($shown))+)?]),+];

        /// The lab of that id with those that its lesson shows, or every lab where none is named. What is compiled with some holds no code of
        /// the others.
        ///
        /// # Panics
        /// When there is no such lab.
        pub const fn only(id: Option<&str>) -> &'static [&'static dyn Lab] {
            match id {
                None => LABS,
                $(Some(id) if same(id, stringify!($id)) => const { &[&$id::LAB as &dyn Lab $($(, &$shown::LAB)+)?] },)+
                Some(_) => panic!("there is no such lab"),
            }
        }
    };
}

labs! { ping; quorum; cap shows quorum; retry; breaker; ring }

/// The place of the lab of that id among [`IDS`]; where none is named, the place after the last.
pub const fn number(id: Option<&str>) -> u32 {
    let mut place = 0;
    while place < IDS.len() {
        if let Some(id) = id
            && same(id, IDS[place])
        {
            break;
        }
        place += 1;
    }
    place as u32
}

/// Whether two texts are the same, when it is compiled.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

/// The lab of that id.
pub fn find(id: &str) -> Option<&'static dyn Lab> {
    LABS.iter().copied().find(|lab| lab.meta().id == id)
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod tests;
