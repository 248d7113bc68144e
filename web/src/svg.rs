//! A scene as SVG: a markup tree for the page, or a whole file for export, previews and `<img>`.

use crate::markup::{Element, el};
use crate::number::{number, push_number};
use crate::scene::{Anchor, Curve, Dash, Emphasis, Mark, Role, Scene, Shape, mark};
use crate::text_width::{broken_text, wrap_text};
use crate::theme;

/// The picture as a tree. It is one image to a screen reader, unless marks in it can be acted on: then it is a group.
pub fn picture(scene: &Scene) -> Element {
    let acts = scene.marks.iter().any(can_act);
    let (title_id, about_id) = (format!("{}-title", scene.id), format!("{}-about", scene.id));
    let mut svg = el("svg")
        .class("sb-picture")
        .attr("role", if acts { "group" } else { "img" })
        .attr("viewBox", format!("0 0 {} {}", number(scene.width), number(scene.height)))
        .num("width", scene.width)
        .num("height", scene.height);
    if scene.description.is_empty() {
        svg = svg.attr("aria-labelledby", title_id.clone());
    } else {
        svg = svg.attr("aria-labelledby", title_id.clone()).attr("aria-describedby", about_id.clone());
    }
    svg = svg.child(el("title").key("title").attr("id", title_id).child(scene.title.as_str()));
    if !scene.description.is_empty() {
        svg = svg.child(el("desc").key("about").attr("id", about_id).child(scene.description.as_str()));
    }
    let first = first_stop(&scene.marks);
    svg.children(scene.marks.iter().map(|mark| draw(mark, first)))
}

/// Whether the keyboard stops at what a mark says. Keys go from record to record as the timeline does: a stop for each would bury all else.
fn stops(message: &str) -> bool {
    !message.starts_with("goto record ")
}

/// Whether it is a node's: these come before links.
fn is_of_node(message: &str) -> bool {
    message.starts_with("focus node ")
}

/// What the mark says at which Tab enters the picture: a node, where there is one. From there arrows go on (www/static/keys.js).
fn first_stop(marks: &[Mark]) -> Option<&str> {
    fn all<'a>(marks: &'a [Mark], found: &mut Vec<&'a str>) {
        for mark in marks {
            found.extend(mark.message.as_deref().filter(|message| stops(message)));
            if let Shape::Group(marks) = &mark.shape {
                all(marks, found);
            }
        }
    }
    let mut found = Vec::new();
    all(marks, &mut found);
    found.iter().find(|message| is_of_node(message)).or(found.first()).copied()
}

/// Which colours a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// The viewer's: light or dark as the system prefers. For browsers.
    Auto,
    /// Light, with every colour written out. For whatever draws SVG without custom properties.
    Light,
    /// Dark, with every colour written out.
    Dark,
}

/// The text of a whole SVG file, with its stylesheet in it and paper behind it.
pub fn standalone(scene: &Scene, theme: Theme) -> String {
    let styles = match theme {
        Theme::Auto => theme::STYLESHEET.to_owned(),
        Theme::Light | Theme::Dark => theme::flat_stylesheet(theme == Theme::Dark),
    };
    styled(scene, styles)
}

/// What stands for the stylesheet in a file that the page completes: it has the stylesheet, and the module need not carry it.
pub const STYLES_OF_THE_PAGE: &str = "@splitbrain-styles";

/// The same with a stylesheet of that text.
pub fn styled(scene: &Scene, styles: impl Into<String>) -> String {
    let paper = el("rect").class("m r-paper").num("width", scene.width).num("height", scene.height);
    let svg = picture(&still(scene));
    let mut file =
        el("svg").attr("xmlns", "http://www.w3.org/2000/svg").child(el("style").child(styles.into()));
    for (name, value) in svg.attributes() {
        file = file.attr(name, value.clone());
    }
    file.child(paper).children(svg.child_nodes().iter().cloned()).to_html()
}

/// Writes under a picture what it shows, and where it comes from.
pub fn caption(scene: &mut Scene, words: &str, address: &str) {
    const LINE: f64 = 18.0;
    let width = scene.width - 16.0;
    let lines = wrap_text(words, 12.0, width).into_iter().map(|line| (line, Role::Ink));
    let lines = lines.chain(broken_text(address, 12.0, width).into_iter().map(|line| (line, Role::InkSoft)));
    scene.height += 8.0;
    for (i, (line, role)) in lines.enumerate() {
        scene.height += LINE;
        let shape = Shape::text(8.0, scene.height - 8.0, line, Anchor::Start);
        scene.marks.push(mark(format!("caption-{i}"), role, shape));
    }
}

/// The same picture with nothing to act on and nothing that moves.
pub fn still(scene: &Scene) -> Scene {
    fn quiet(marks: &[Mark]) -> Vec<Mark> {
        let seen = marks.iter().filter(|mark| !matches!(mark.shape, Shape::Touch(_)));
        let quiet = seen.map(|mark| {
            let shape = match &mark.shape {
                Shape::Group(marks) => Shape::Group(quiet(marks)),
                shape => shape.clone(),
            };
            Mark { shape, message: None, motion: None, ..mark.clone() }
        });
        quiet.collect()
    }
    Scene { marks: quiet(&scene.marks), ..scene.clone() }
}

fn can_act(mark: &Mark) -> bool {
    mark.message.is_some() || matches!(&mark.shape, Shape::Group(marks) if marks.iter().any(can_act))
}

fn has_words(mark: &Mark) -> bool {
    match &mark.shape {
        Shape::Text { .. } => true,
        Shape::Group(marks) => marks.iter().any(has_words),
        _ => false,
    }
}

fn draw(mark: &Mark, first: Option<&str>) -> Element {
    let mut element = shape(mark, first).key(mark.key.clone()).class(mark.role.class());
    element = match mark.emphasis {
        Emphasis::Plain => element,
        Emphasis::Lit => element.class("lit"),
        Emphasis::Dim => element.class("dim"),
    };
    if mark.at != (0.0, 0.0) || mark.motion.is_some() {
        element =
            element.attr("transform", format!("translate({} {})", number(mark.at.0), number(mark.at.1)));
    }
    if let Some(motion) = &mark.motion {
        let mut text = format!("{},{}", motion.start_us, motion.end_us);
        for (x, y) in &motion.way {
            text.push(',');
            push_number(&mut text, *x);
            text.push(',');
            push_number(&mut text, *y);
        }
        element = element.attr("data-m", text);
    }
    if let Some(message) = &mark.message {
        let tabs = if Some(message.as_str()) == first { "0" } else { "-1" };
        element = element.on("click", message.clone()).attr("tabindex", tabs).attr("role", "button");
        let place = if is_of_node(message) { "0" } else { "1" };
        element = element.attr_if("data-stop", stops(message).then_some(place));
        // A mark with words in it is named by its `title`: a label of another wording would hide the words (WCAG 2.5.3).
        element = element.attr_if("aria-label", mark.title.clone().filter(|_| !has_words(mark)));
    }
    element.child_if(mark.title.as_deref().map(|title| el("title").key("title").child(title)))
}

fn shape(mark: &Mark, first: Option<&str>) -> Element {
    match &mark.shape {
        Shape::Circle { x, y, r } => el("circle").class("m").num("cx", *x).num("cy", *y).num("r", *r),
        Shape::Rect { x, y, width, height, radius } => {
            let element = rect(*x, *y, *width, *height).class("m");
            if *radius > 0.0 { element.num("rx", *radius) } else { element }
        }
        Shape::Band { x, y, width, height } => rect(*x, *y, *width, *height).class("m-band"),
        Shape::Line { from, to, dash, arrow } => line(*from, *to, *dash, *arrow, mark.role.class()),
        Shape::Lines(lines) => {
            let d = lines.iter().map(|ends| path_data(ends, Curve::Straight, false)).collect();
            stroked(path(d), Dash::Solid)
        }
        Shape::Touch(points) => path(path_data(points, Curve::Straight, false)).class("m-touch"),
        Shape::Path { points, curve: Curve::Straight, closed: true, .. } => polygon(points),
        Shape::Path { points, curve: Curve::Straight, dash, .. } => polyline(points, *dash),
        Shape::Path { points, curve, dash, closed } => {
            let d = path_data(points, *curve, *closed);
            if *closed { path(d).class("m") } else { stroked(path(d), *dash) }
        }
        Shape::Areas(outlines) => {
            let areas = outlines.iter().map(|points| path_data(points, Curve::Straight, true));
            path(areas.collect()).class("m")
        }
        Shape::Text { x, y, text, anchor, size, bold, halo } => {
            let mut element = el("text").class("m-text").num("x", *x).num("y", *y);
            match anchor {
                Anchor::Start => {}
                Anchor::Middle => element = element.attr("text-anchor", "middle"),
                Anchor::End => element = element.attr("text-anchor", "end"),
            }
            if *size != 12.0 {
                element = element.num("font-size", *size);
            }
            element.class_if(*bold, "bold").class_if(*halo, "halo").child(text.as_str())
        }
        Shape::Cross { x, y, r } => {
            let [left, right, top, bottom] = [x - r, x + r, y - r, y + r].map(number);
            path(format!("M{left} {top}L{right} {bottom}M{left} {bottom}L{right} {top}")).class("m-cross")
        }
        Shape::Diamond { x, y, r } => polygon(&[(*x, y - r), (x + r, *y), (*x, y + r), (x - r, *y)]),
        // An equilateral triangle about the centre: half its side is 0.87 r, its base 0.5 r below.
        Shape::Triangle { x, y, r } => {
            polygon(&[(*x, y - r), (x + 0.87 * r, y + 0.5 * r), (x - 0.87 * r, y + 0.5 * r)])
        }
        Shape::Square { x, y, r } => {
            // As large to the eye as a disc of radius r.
            let half = 0.89 * r;
            polygon(&[(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)])
        }
        Shape::Dots { points, r } => {
            // Strokes of no length with round ends: one element, however large the crowd.
            let d: String = points.iter().map(|(x, y)| format!("M{} {}h0", number(*x), number(*y))).collect();
            path(d).class("m-dots").num("stroke-width", 2.0 * r)
        }
        Shape::Group(marks) => el("g").children(marks.iter().map(|mark| draw(mark, first))),
    }
}

fn rect(x: f64, y: f64, width: f64, height: f64) -> Element {
    el("rect").num("x", x).num("y", y).num("width", width).num("height", height)
}

fn path(d: String) -> Element {
    el("path").attr("d", d)
}

/// A filled shape of straight sides. The points of a polygon, unlike the data of a path, are no property of CSS: when they change, a browser
/// lays the shape out anew, but has no styles to find.
fn polygon(points: &[(f64, f64)]) -> Element {
    el("polygon").attr("points", corners(points)).class("m")
}

fn polyline(points: &[(f64, f64)], dash: Dash) -> Element {
    stroked(el("polyline").attr("points", corners(points)), dash)
}

fn corners(points: &[(f64, f64)]) -> String {
    let mut text = String::with_capacity(points.len() * 12);
    for (index, (x, y)) in points.iter().copied().enumerate().filter(|(index, _)| shows(points, *index)) {
        if index > 0 {
            text.push(' ');
        }
        push_pair(&mut text, x, y);
    }
    text
}

fn push_pair(text: &mut String, x: f64, y: f64) {
    push_number(text, x);
    text.push(' ');
    push_number(text, y);
}

/// Whether a point of straight lines shows: one in the middle of a level stretch does not.
fn shows(points: &[(f64, f64)], index: usize) -> bool {
    index == 0 || !level(&points[index - 1..])
}

fn stroked(element: Element, dash: Dash) -> Element {
    let element = element.class("m-line");
    match dash {
        Dash::Solid => element,
        Dash::Dashed => element.attr("stroke-dasharray", "6 4"),
        Dash::Dotted => element.attr("stroke-dasharray", "1.5 3.5"),
        Dash::DashDot => element.attr("stroke-dasharray", "8 3 2 3"),
    }
}

fn line(from: (f64, f64), to: (f64, f64), dash: Dash, arrow: bool, class: &'static str) -> Element {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).sqrt();
    if !arrow || length < 1.0 {
        return polyline(&[from, to], dash);
    }
    // Two strokes of the head, 7 back along the shaft and 3.5 to each side.
    let (ux, uy) = (dx / length, dy / length);
    let back = (to.0 - 7.0 * ux, to.1 - 7.0 * uy);
    let (left, right) = ((back.0 - 3.5 * uy, back.1 + 3.5 * ux), (back.0 + 3.5 * uy, back.1 - 3.5 * ux));
    match dash {
        // In one stroke: to the point, and back to it from one side before it goes to the other.
        Dash::Solid => polyline(&[from, to, left, to, right], dash),
        // Each stroke wears the role itself: files without custom properties hand no colour down.
        _ => {
            let (shaft, head) = (polyline(&[from, to], dash), polyline(&[left, to, right], Dash::Solid));
            el("g").child(shaft.class(class)).child(head.class(class))
        }
    }
}

fn path_data(points: &[(f64, f64)], curve: Curve, closed: bool) -> String {
    let mut d = String::with_capacity(points.len() * 12);
    for (index, (x, y)) in points.iter().copied().enumerate() {
        match curve {
            _ if index == 0 => {
                d.push('M');
                push_pair(&mut d, x, y);
            }
            Curve::Straight if !shows(points, index) => {}
            Curve::Straight => {
                d.push('L');
                push_pair(&mut d, x, y);
            }
            Curve::Step => {
                d.push('H');
                push_number(&mut d, x);
                d.push('V');
                push_number(&mut d, y);
            }
            Curve::Smooth => {
                let before = points[index.saturating_sub(2)];
                let (start, end) = (points[index - 1], (x, y));
                let after = points.get(index + 1).copied().unwrap_or(end);
                d.push('C');
                push_pair(&mut d, start.0 + (end.0 - before.0) / 6.0, start.1 + (end.1 - before.1) / 6.0);
                d.push(' ');
                push_pair(&mut d, end.0 - (after.0 - start.0) / 6.0, end.1 - (after.1 - start.1) / 6.0);
                d.push(' ');
                push_pair(&mut d, end.0, end.1);
            }
        }
    }
    if closed {
        d.push('Z');
    }
    d
}

/// Whether the second of these points lies between its neighbours on a level line, to what is printed of it.
fn level(points: &[(f64, f64)]) -> bool {
    let &[(x0, y0), (x1, y1), (x2, y2), ..] = points else { return false };
    let same = |a: f64, b: f64| (a - b).abs() < 0.005;
    same(y0, y1) && same(y1, y2) && (x0 <= x1) == (x1 <= x2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{Motion, Role, mark};

    fn sample() -> Scene {
        let mut scene = Scene::new("s", 360.0, 100.0, "Two nodes & a link").describe("n1 asks n2.");
        let motion = Motion { way: vec![(20.0, 50.0), (120.0, 50.0)], start_us: 0, end_us: 1000 };
        scene.push(mark("l", Role::Link, Shape::dashed((20.0, 50.0), (120.0, 50.0), Dash::Dashed)));
        scene.push(
            mark("n1", Role::NodeUp, Shape::rect(-10.0, -10.0, 20.0, 20.0, 4.0))
                .at(20.0, 50.0)
                .on_click("node:n1")
                .title("n1, up"),
        );
        scene.push(mark("m", Role::series(1), Shape::circle(0.0, 0.0, 4.0)).moving(motion, 250));
        scene.push(mark("t", Role::Ink, Shape::text(20.0, 54.0, "n1", Anchor::Middle)));
        scene
    }

    #[test]
    fn a_scene_prints_as_golden_svg() {
        let expected = concat!(
            r#"<svg class="sb-picture" role="group" viewBox="0 0 360 100" width="360" height="100" aria-labelledby="s-title" aria-describedby="s-about">"#,
            r#"<title id="s-title">Two nodes &amp; a link</title><desc id="s-about">n1 asks n2.</desc>"#,
            r#"<polyline points="20 50 120 50" class="m-line r-link" stroke-dasharray="6 4"/>"#,
            r#"<rect x="-10" y="-10" width="20" height="20" class="m r-node-up" rx="4" transform="translate(20 50)" data-on-click="node:n1" tabindex="0" role="button" data-stop="1" aria-label="n1, up"><title>n1, up</title></rect>"#,
            r#"<circle class="m r-series-1" cx="0" cy="0" r="4" transform="translate(45 50)" data-m="0,1000,20,50,120,50"/>"#,
            r#"<text class="m-text r-ink" x="20" y="54" text-anchor="middle">n1</text></svg>"#,
        );
        assert_eq!(picture(&sample()).to_html(), expected);
    }

    #[test]
    fn a_file_stands_alone() {
        for theme in [Theme::Auto, Theme::Light, Theme::Dark] {
            let file = standalone(&sample(), theme);
            assert!(
                file.starts_with(
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sb-picture\" role=\"img\""
                )
            );
            assert_eq!(file.contains("var(--"), theme == Theme::Auto);
        }
    }

    #[test]
    fn level_stretches_need_no_points() {
        let points = [(0.0, 1.0), (1.0, 1.0), (2.0, 1.0), (3.0, 1.0), (4.0, 2.0), (3.0, 2.0), (5.0, 2.0)];
        assert_eq!(path_data(&points, Curve::Straight, false), "M0 1L3 1L4 2L3 2L5 2");
        assert_eq!(corners(&points), "0 1 3 1 4 2 3 2 5 2");
    }

    #[test]
    fn paths_and_arrows() {
        assert_eq!(path_data(&[(0.0, 0.0), (2.0, 1.0)], Curve::Step, false), "M0 0H2V1");
        assert!(
            path_data(&[(0.0, 0.0), (2.0, 1.0), (4.0, 0.0)], Curve::Smooth, false)
                .starts_with("M0 0C0.33 0.17 1.33 1 2 1C")
        );
        let arrow = draw(&mark("a", Role::Link, Shape::arrow((0.0, 0.0), (20.0, 0.0))), None);
        assert_eq!(arrow.attribute("points"), Some("0 0 20 0 13 3.5 20 0 13 -3.5"));
    }
}
