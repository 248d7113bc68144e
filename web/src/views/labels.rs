//! Finds room for words: none is written over another.

/// The places that are taken.
#[derive(Debug, Default)]
pub struct Labels {
    taken: Vec<[f64; 4]>,
    most: usize,
    paper: (f64, f64),
    /// Air between two.
    apart: f64,
}

impl Labels {
    /// Room for at most so many on a paper of this size.
    pub fn new(most: usize, width: f64, height: f64) -> Labels {
        Labels { taken: Vec::new(), most, paper: (width, height), apart: 0.0 }
    }

    /// Keeps so much air between words of a line.
    pub fn apart(self, apart: f64) -> Labels {
        Labels { apart, ..self }
    }

    /// Marks a box as taken, whatever stands there.
    pub fn block(&mut self, x: f64, y: f64, width: f64, height: f64) {
        self.taken.push([x, y, x + width, y + height]);
    }

    /// Takes a box if it is free and on the paper, and there may be one more.
    pub fn take(&mut self, x: f64, y: f64, width: f64, height: f64) -> bool {
        let own = [x, y, x + width, y + height];
        let inside = x >= 0.0 && y >= 0.0 && own[2] <= self.paper.0 && own[3] <= self.paper.1;
        let free = self.most > 0
            && inside
            && self.taken.iter().all(|[left, top, right, bottom]| {
                own[2] + self.apart <= *left
                    || own[0] >= *right + self.apart
                    || own[3] <= *top
                    || own[1] >= *bottom
            });
        if free {
            self.most -= 1;
            self.taken.push(own);
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_twice_in_a_place() {
        let mut labels = Labels::new(2, 100.0, 100.0);
        labels.block(0.0, 0.0, 10.0, 10.0);
        assert!(!labels.take(9.0, 9.0, 5.0, 5.0));
        assert!(labels.take(10.0, 0.0, 5.0, 5.0));
        assert!(!labels.take(98.0, 50.0, 5.0, 5.0), "off the paper");
        assert!(labels.take(0.0, 10.0, 5.0, 5.0));
        assert!(!labels.take(50.0, 50.0, 5.0, 5.0), "two were the most");
    }
}
