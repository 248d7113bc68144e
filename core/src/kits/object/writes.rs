//! Writes of a disk that are under way, in order, and what waits for each.

use std::collections::VecDeque;

/// A write that is under way, and what waits for it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Write<D, T> {
    number: u32,
    disk: D,
    then: Vec<T>,
}

/// A disk that takes time: what is written, and what is to be done then.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Writes<D, T> {
    under_way: VecDeque<Write<D, T>>,
    next: u32,
}

impl<D, T> Default for Writes<D, T> {
    fn default() -> Self {
        Writes { under_way: VecDeque::new(), next: 0 }
    }
}

impl<D, T> Writes<D, T> {
    /// Begins to write this; says the number by which its end is to be told.
    pub fn begin(&mut self, disk: D) -> u32 {
        let number = self.next;
        self.next += 1;
        self.under_way.push_back(Write { number, disk, then: Vec::new() });
        number
    }

    /// This is to be done once all is written that is under way.
    ///
    /// # Errors
    /// Nothing is under way: it may be done now.
    pub fn wait(&mut self, then: T) -> Result<(), T> {
        match self.under_way.back_mut() {
            Some(write) => {
                write.then.push(then);
                Ok(())
            }
            None => Err(then),
        }
    }

    /// A write has come to its end: what is on the disk now, and what waited for it. None where it is not the next.
    pub fn end(&mut self, number: u32) -> Option<(D, Vec<T>)> {
        let write = self.under_way.pop_front_if(|write| write.number == number)?;
        Some((write.disk, write.then))
    }

    /// What is being written.
    pub fn disks(&self) -> impl Iterator<Item = &D> {
        self.under_way.iter().map(|write| &write.disk)
    }
}
