//! The rows: what each is placed by, and how requests choose among them.

use super::params::{Field, Params, Popularity};
use crate::parts::zipf::Zipf;
use crate::sim::dice::{MILLION, Purpose, below, die, remix};

/// Days that orders are spread over; the last is today.
const DAYS: u32 = 365;

/// Countries by number of people (UN World Population Prospects 2022), in thousandths of the world's; the others share the rest.
const COUNTRIES: [(&str, u64); 16] = [
    ("IN", 178), ("CN", 177), ("US", 42), ("ID", 34), ("PK", 30), ("NG", 28), ("BR", 27), ("BD", 22),
    ("RU", 18), ("MX", 16), ("ET", 16), ("JP", 15), ("PH", 15), ("EG", 14), ("CD", 13), ("VN", 12),
];
/// All of ISO 3166-1.
const COUNTRY_COUNT: u32 = 249;

/// A key that a request may want: the row, and what it is placed by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Target {
    /// The row; pieces of a row that has been split have their row's.
    pub row: u32,
    /// Its place or hash.
    pub key: u64,
    /// A piece of the hot row, placed for itself.
    pub piece: bool,
}

/// All rows of a scenario.
#[derive(Clone, Debug)]
pub struct Rows {
    field: Field,
    seed: u64,
    count: u32,
    ordered: bool,
    /// Rows up to this thousand-millionth have the value of this number.
    shares: Vec<u64>,
    /// Keys of the values, for fields of few values.
    values: Vec<u64>,
    /// How much each row is wanted, where some are more than others.
    popularity: Option<Zipf>,
    /// Keys that get a share of the requests for themselves, in millionths.
    atoms: Vec<(Target, u64)>,
}

impl Rows {
    /// The rows of a scenario, each of which is to be [wanted](Rows::want) yet. The same seed gives the same rows under every strategy.
    pub fn new(params: &Params, seed: u32) -> Rows {
        let mut rows = Rows {
            field: params.key,
            seed: die(seed, Purpose::Key, 0, 0),
            count: params.keys,
            ordered: params.is_ordered(),
            shares: shares(params),
            values: Vec::new(),
            popularity: (params.popularity == Popularity::Zipf).then(|| Zipf::empty(params.zipf)),
            atoms: Vec::new(),
        };
        rows.values = (0..rows.value_count(params)).map(|value| rows.value_key(value)).collect();
        rows.atoms = rows.atoms_of(params);
        rows
    }

    /// Tells how much the next row is wanted.
    pub fn want(&mut self) {
        if let Some(popularity) = &mut self.popularity {
            popularity.grow();
        }
    }

    /// How many there are.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// What a row is placed by.
    pub fn key(&self, row: u32) -> u64 {
        let own = remix(self.seed, u64::from(row));
        match self.field {
            Field::UserId => own,
            Field::Prefix16 => self.values[(own >> 60) as usize],
            Field::Date => self.values[(row % DAYS) as usize],
            Field::CountryCode | Field::Tenant => {
                let drawn = below(own, *self.shares.last().expect("there are values"));
                self.values[self.shares.partition_point(|sum| *sum <= drawn)]
            }
        }
    }

    /// What the rows of a field of few values are placed by, a key for each value; empty where every row has its own.
    pub fn values(&self) -> &[u64] {
        &self.values
    }

    /// The keys of values that lie in a stretch of the key space, in whatever order: where keys are hashed, the stretch is one of values.
    pub fn values_between(&self, first: u64, last: u64) -> Vec<u64> {
        let places = (0..self.values.len() as u32).map(|value| self.place(value));
        places.zip(&self.values).filter(|(place, _)| (first..=last).contains(place)).map(|(_, key)| *key).collect()
    }

    /// Keys with a share of the requests of their own, in millionths; the rest chooses among all rows.
    pub fn atoms(&self) -> &[(Target, u64)] {
        &self.atoms
    }

    /// How much a row is wanted, beside others; all alike but for Zipf.
    pub fn weight(&self, row: u32) -> u64 {
        self.popularity.as_ref().map_or(1, |popularity| popularity.weight(row))
    }

    /// What the request of this die wants.
    pub fn draw(&self, die: u64) -> Target {
        let mut drawn = below(remix(die, 0), MILLION);
        for (target, share) in &self.atoms {
            match drawn.checked_sub(*share) {
                None => return *target,
                Some(left) => drawn = left,
            }
        }
        let row = match &self.popularity {
            None => below(remix(die, 1), u64::from(self.count)) as u32,
            Some(popularity) => popularity.draw(remix(die, 1)),
        };
        self.target(row)
    }

    /// A row as something to ask for.
    pub fn target(&self, row: u32) -> Target {
        Target { row, key: self.key(row), piece: false }
    }

    fn value_count(&self, params: &Params) -> u32 {
        match self.field {
            Field::UserId => 0,
            Field::Prefix16 => 16,
            Field::Date => DAYS,
            Field::CountryCode => COUNTRY_COUNT,
            Field::Tenant => params.tenants,
        }
    }

    fn value_key(&self, value: u32) -> u64 {
        if self.ordered { self.place(value) } else { remix(self.seed ^ 1, u64::from(value)) }
    }

    /// Where a value stands in the order of keys.
    fn place(&self, value: u32) -> u64 {
        let part = |at: u64, of: u64| ((u128::from(at) << 64) / u128::from(of)) as u64;
        match self.field {
            Field::Prefix16 => u64::from(value) << 60,
            Field::Date => part(u64::from(value), u64::from(DAYS)),
            Field::CountryCode => match COUNTRIES.get(value as usize) {
                Some((code, _)) => {
                    let letter = |at: usize| u64::from(code.as_bytes()[at] - b'A');
                    part(letter(0) * 26 + letter(1), 26 * 26)
                }
                None => part(u64::from(value) - 16, u64::from(COUNTRY_COUNT) - 16),
            },
            Field::UserId | Field::Tenant => remix(self.seed ^ 2, u64::from(value)),
        }
    }

    fn atoms_of(&self, params: &Params) -> Vec<(Target, u64)> {
        let mut atoms = Vec::new();
        let mut left = MILLION;
        if params.popularity == Popularity::Hot {
            let (hot, pieces) = (u64::from(params.hot), u64::from(params.split));
            let whole = self.target(0);
            atoms.extend((0..pieces).map(|piece| {
                let key = if pieces == 1 { whole.key } else { remix(whole.key, piece) };
                // The first pieces take what does not divide evenly.
                (Target { row: 0, key, piece: pieces > 1 }, hot / pieces + u64::from(piece < hot % pieces))
            }));
            left -= hot;
        }
        if self.field == Field::Date {
            let today = self.target((DAYS - 1).min(self.count - 1));
            atoms.push((today, left * u64::from(params.today) / MILLION));
        }
        atoms
    }
}

/// Rising sums of the shares of values, for fields whose values are unequal.
fn shares(params: &Params) -> Vec<u64> {
    let mut sum = 0;
    let mut add = |share: u64| {
        sum += share;
        sum
    };
    match params.key {
        Field::CountryCode => {
            let small = (1_000 - COUNTRIES.iter().map(|c| c.1).sum::<u64>()) * 1_000_000 / u64::from(COUNTRY_COUNT - 16);
            let large = COUNTRIES.iter().map(|(_, thousandths)| thousandths * 1_000_000);
            large.chain((16..COUNTRY_COUNT).map(|_| small)).map(&mut add).collect()
        }
        Field::Tenant => (1..=u64::from(params.tenants)).map(|rank| add(1_000_000_000 / rank)).collect(),
        Field::UserId | Field::Date | Field::Prefix16 => Vec::new(),
    }
}

