//! Where everybody stands: servers on a ring, coordinators before it, clients outside. Depends on the cast alone, so that nothing jumps.

use super::super::{Look, values};
use super::route::Route;
use splitbrain::cast::{NodeId, Sort};

/// The most servers that are drawn.
const MAX_SERVERS: usize = 24;
/// The most coordinators and the most clients that are drawn.
const MAX_OTHERS: usize = 12;
/// Above, for what happens now in two lines.
const TOP: f64 = 50.0;
/// A client and the two lines about its operation.
const CLIENT_HEIGHT: f64 = 82.0;

/// Half a client's width and height: its name and "waiting" stand side by side.
const CLIENT: (f64, f64) = (46.0, 13.0);

/// Half a coordinator's width and height, and the least from one to the next below it.
const COORDINATOR: (f64, f64) = (44.0, 20.0);
const COORDINATOR_HEIGHT: f64 = 62.0;

/// Where a node stands: the middle of its card, and half its size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Its middle.
    pub x: f64,
    /// Its middle.
    pub y: f64,
    /// Half its width.
    pub half_width: f64,
    /// Half its height.
    pub half_height: f64,
}

impl Place {
    /// Where the way to a point leaves this card.
    pub fn edge(&self, to: (f64, f64)) -> (f64, f64) {
        let (dx, dy) = (to.0 - self.x, to.1 - self.y);
        let over = |half: f64, d: f64| if d == 0.0 { f64::INFINITY } else { (half + 3.0) / d.abs() };
        let share = over(self.half_width, dx).min(over(self.half_height, dy)).min(0.5);
        (self.x + dx * share, self.y + dy * share)
    }
}

/// Where those stand who ask the servers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Top,
}

/// The whole arrangement.
#[derive(Clone, Debug)]
pub struct Layout {
    /// By node; none for those that there is no room for.
    pub places: Vec<Option<Place>>,
    /// Rows of data on a server's card.
    pub rows: usize,
    /// Width of the picture.
    pub width: f64,
    /// Height of the cluster: the foot begins here.
    pub height: f64,
    /// How many nodes are not drawn.
    pub hidden: usize,
}

impl Layout {
    /// Where the node stands, if it is drawn.
    pub fn place(&self, node: NodeId) -> Option<&Place> {
        self.places[node.index()].as_ref()
    }

    /// The way from one node to another, where both are drawn.
    pub fn route(&self, from: NodeId, to: NodeId) -> Option<Route> {
        let (one, other) = (self.place(from)?, self.place(to)?);
        // Both directions have one way.
        if from > to {
            return self.route(to, from).map(|route| route.back());
        }
        let drawn = self.places.iter().enumerate().filter_map(|(i, place)| place.as_ref().map(|place| (i, place)));
        let others = drawn.filter(|(i, _)| ![from.index(), to.index()].contains(i)).map(|(_, place)| place);
        Some(Route::between(one, other, &others.collect::<Vec<_>>(), (self.width, self.height)))
    }

    /// Arranges the cast of a run.
    pub fn of(look: &Look<'_>) -> Layout {
        let cast = &look.outcome.cast;
        let servers: Vec<NodeId> = cast.of(Sort::Server).take(MAX_SERVERS).collect();
        let coordinators: Vec<NodeId> = cast.of(Sort::Coordinator).take(MAX_OTHERS).collect();
        let clients: Vec<NodeId> = cast.of(Sort::Client).take(MAX_OTHERS).collect();
        let rows = servers.iter().map(|n| values::face_keys(look, *n).len()).max().unwrap_or(0);
        let rows = if servers.len() > 9 { rows.min(1) } else { rows.min(4) };
        let width = f64::from(look.width);
        let mut layout = Layout { places: vec![None; cast.len()], rows, width, height: 0.0, hidden: 0 };
        layout.hidden = cast.len() - servers.len() - coordinators.len() - clients.len();
        let card = (card_half_width(look.width, servers.len()), 14.0 + 9.0 * rows as f64);
        match look.width {
            0..600 => layout.arrange_narrow(width, &servers, &coordinators, &clients, card),
            _ => layout.arrange_wide(width, &servers, &coordinators, &clients, card),
        }
        layout
    }

    /// Clients in a column on the left, coordinators in the next, the ring on the right.
    fn arrange_wide(
        &mut self,
        width: f64,
        servers: &[NodeId],
        coordinators: &[NodeId],
        clients: &[NodeId],
        card: (f64, f64),
    ) {
        let (rx, ry) = radii(servers.len(), card, width);
        let per_column = in_column(clients.len());
        let columns = clients.len().div_ceil(per_column);
        let ring_height = 2.0 * (ry + card.1) + 24.0;
        let clients_height = per_column.min(clients.len()) as f64 * CLIENT_HEIGHT;
        let coordinators_height = in_column(coordinators.len()).min(coordinators.len()) as f64 * COORDINATOR_HEIGHT;
        let body = ring_height.max(clients_height).max(coordinators_height).max(150.0);
        self.height = TOP + body;
        let middle = TOP + body / 2.0;
        for (column, group) in clients.chunks(per_column).enumerate() {
            let top = middle - group.len() as f64 * CLIENT_HEIGHT / 2.0;
            for (i, client) in group.iter().enumerate() {
                let (x, y) = (72.0 + 136.0 * column as f64, top + CLIENT_HEIGHT * i as f64 + 22.0);
                self.put(*client, x, y, CLIENT);
            }
        }
        let mut left = 136.0 * columns as f64;
        for (column, group) in coordinators.chunks(in_column(coordinators.len())).enumerate() {
            let step = (body / group.len() as f64).min(96.0);
            let top = middle - step * group.len() as f64 / 2.0;
            left += if column == 0 { 136.0 } else { 112.0 };
            for (i, node) in group.iter().enumerate() {
                self.put(*node, left - 52.0, top + step * (i as f64 + 0.5), COORDINATOR);
            }
        }
        let room = (width - left) / 2.0 - card.0 - 20.0;
        let rx = rx.min(room.max(0.0));
        // The ring stands a little towards the others, for the eye takes the whole as one group.
        let x = left + (width - left) / 2.0 + if left > 0.0 { -8.0 } else { 0.0 };
        self.ring(servers, (x, middle), (rx, ry), card, Side::Left);
    }

    /// Clients in rows on top, coordinators below them, then the ring.
    fn arrange_narrow(
        &mut self,
        width: f64,
        servers: &[NodeId],
        coordinators: &[NodeId],
        clients: &[NodeId],
        card: (f64, f64),
    ) {
        // What a client asks stands above it here, for its links go down, those of upper rows between the cards of lower ones.
        let mut y = TOP + 38.0;
        let card_of_client = (CLIENT.0.min(width / 6.0 - 9.0), CLIENT.1);
        for row in clients.chunks(3) {
            for (i, client) in row.iter().enumerate() {
                let x = width * (i as f64 + 0.5) / row.len() as f64;
                self.put(*client, x, y, card_of_client);
            }
            y += CLIENT_HEIGHT - 8.0;
        }
        let card_of_coordinator = (COORDINATOR.0.min(width / 6.0 - 10.0), COORDINATOR.1);
        for row in coordinators.chunks(3) {
            for (i, node) in row.iter().enumerate() {
                self.put(*node, width * (i as f64 + 0.5) / row.len() as f64, y, card_of_coordinator);
            }
            y += 66.0;
        }
        let (rx, ry) = radii(servers.len(), card, width);
        let rx = rx.min(width / 2.0 - card.0 - 10.0);
        let middle = y + ry + card.1 - 22.0;
        self.ring(servers, (width / 2.0, middle), (rx, ry), card, Side::Top);
        let lowest = self.places.iter().flatten().map(|place| place.y + place.half_height).fold(y, f64::max);
        self.height = lowest + 14.0;
    }

    /// Servers on a ring, with those who ask them on that side.
    fn ring(
        &mut self,
        servers: &[NodeId],
        middle: (f64, f64),
        radii: (f64, f64),
        card: (f64, f64),
        asked_from: Side,
    ) {
        let count = servers.len();
        // Four stand in a square; three with the apex away from those who ask, who see each; others begin at the top.
        let (first, step) = match (count, asked_from) {
            (3, Side::Left) => (-1.0 / 12.0, -1.0 / 3.0),
            (3, Side::Top) => (-1.0 / 6.0, 1.0 / 3.0),
            (4, _) => (0.125, 0.25),
            _ => (0.0, 1.0 / count.max(1) as f64),
        };
        // Three sides are lower than the circle about them: their middle goes back by as much.
        let (left, lift) = match (count, asked_from) {
            (3, Side::Left) => (radii.0 * 0.25, 0.0),
            (3, Side::Top) => (0.0, -radii.1 * 0.25),
            _ => (0.0, 0.0),
        };
        let radius = if count == 1 { (0.0, 0.0) } else { radii };
        for (i, server) in servers.iter().enumerate() {
            let turn = core::f64::consts::TAU * (first + step * i as f64);
            let (x, y) = (libm::sin(turn) * radius.0, -libm::cos(turn) * radius.1);
            self.put(*server, middle.0 + x - left, middle.1 + y + lift, card);
        }
    }

    fn put(&mut self, node: NodeId, x: f64, y: f64, (half_width, half_height): (f64, f64)) {
        self.places[node.index()] = Some(Place { x: libm::round(x), y: libm::round(y), half_width, half_height });
    }
}

/// How many of so many stand in a column: two columns for more than four, as even as can be.
fn in_column(count: usize) -> usize {
    let most = count.div_ceil(2).clamp(1, 6).max(count.min(4)).max(1);
    count.div_ceil(count.div_ceil(most).max(1)).max(1)
}

fn card_half_width(width: u32, servers: usize) -> f64 {
    match (width, servers) {
        (0..600, 0..=4) => 54.0,
        (0..600, 5..=6) => 46.0,
        (0..600, _) => 30.0,
        (_, 0..=6) => 66.0,
        (_, 7..=9) => 54.0,
        (..1000, _) => 30.0,
        (_, _) => 40.0,
    }
}

/// Half the ring's width and height.
fn radii(servers: usize, card: (f64, f64), width: f64) -> (f64, f64) {
    let ry = match servers {
        0 | 1 => 0.0,
        2 => card.1 + 50.0,
        3 => card.1 + 78.0,
        4 | 5 => 2.0 * card.1 + 70.0,
        6..=9 => 3.0 * card.1 + 70.0,
        _ => 200.0,
    };
    (if width < 600.0 { ry * 1.2 } else { ry * 1.65 }, ry)
}
