//! What is in focus, in one run and in two whose casts differ.

use super::*;
use crate::role::Role;
use crate::scene::{Mark, Shape};
use crate::views::{self, Focus};

/// Which nodes are ringed on the stage of a run.
fn lit(app: &App, side: usize) -> Vec<String> {
    fn collect(marks: &[Mark], names: &mut Vec<String>) {
        for mark in marks {
            let Shape::Group(parts) = &mark.shape else { continue };
            if let Some(name) = mark.key.strip_prefix("node-")
                && parts.iter().any(|part| part.role == Role::Focus)
            {
                names.push(name.to_string());
            }
            collect(parts, names);
        }
    }
    let scene = app.with_look(side, "stage", 720, |look| views::stage::draw(look).scene.expect("a picture"));
    let mut names = Vec::new();
    collect(&scene.marks, &mut names);
    names
}

#[test]
fn of_two_runs_each_lights_the_node_of_that_name() {
    let mut app = open("cap?n=5&b.n=3&panels=stage,inspector,timeline");
    // c1 is the fourth of the second cast, where n4 is the fourth of the first.
    for (message, first, second) in [
        ("focus node c1", &["c1"][..], &["c1"][..]),
        ("second focus node c1", &["c1"], &["c1"]),
        ("focus node n4", &["n4"], &[]),
        ("focus node n2", &["n2"], &["n2"]),
    ] {
        tell(&mut app, &[(message, "")]);
        assert_eq!((lit(&app, 0), lit(&app, 1)), (own(first), own(second)), "{message}");
    }
    tell(&mut app, &[("focus node n5", "")]);
    assert!(shown(&app).contains("n5 takes no part in this run."), "the inspector of the second run");
    tell(&mut app, &[("focus node n9", "")]);
    assert_eq!(lit(&app, 0), ["n5"], "nobody is n9");
}

fn own(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[test]
fn a_node_stays_in_focus_when_the_cast_changes() {
    let mut app = open("cap?n=3");
    tell(&mut app, &[("focus node c1", ""), ("eyes", "c1"), ("set n", "5")]);
    assert_eq!(lit(&app, 0), ["c1"]);
    assert!(shown(&app).contains("What to do to c1"));
    assert!(shown(&app).contains("Only what c1 can know"), "{}", shown(&app));
    tell(&mut app, &[("eyes", "all"), ("focus node n5", ""), ("set n", "3")]);
    assert_eq!(app.focus, Focus::None);
}

#[test]
fn eyes_are_those_of_a_node_that_both_runs_have() {
    let mut app = open("cap?n=5&b.n=3");
    assert!(!shown(&app).contains("n4’s") && shown(&app).contains("n3’s"));
    tell(&mut app, &[("eyes", "n4")]);
    assert_eq!(app.eyes, None);
    tell(&mut app, &[("eyes", "c1")]);
    let known = |side| app.with_look(side, "stage", 720, |look| look.eyes.map(|eyes| look.name(eyes)));
    assert_eq!([known(0), known(1)], [Some("c1".into()), Some("c1".into())]);
}

#[test]
fn a_node_that_the_controls_do_not_reach_is_not_acted_on() {
    let mut app = open("cap?n=3&b.n=5");
    tell(&mut app, &[("second focus node n5", "")]);
    assert_eq!((lit(&app, 0), lit(&app, 1)), (own(&[]), own(&["n5"])));
    let html = shown(&app);
    assert!(
        !html.contains("do crash:n5") && html.contains("The run that the controls change does not have it.")
    );
    tell(&mut app, &[("side 1", "")]);
    assert!(shown(&app).contains("do crash:n5"));
}

#[test]
fn a_sheet_takes_the_keyboard_and_gives_it_back() {
    for sheet in ["share", "help"] {
        for close in [sheet, "escape"] {
            let mut app = open("quorum");
            let id = format!("{}-{sheet}", app.options.id);
            assert_eq!(tell(&mut app, &[(sheet, "")])[0], Effect::FocusOn(id.clone()));
            assert!(shown(&app).contains(&format!("id=\"{id}\"")), "there is such an element");
            assert_eq!(tell(&mut app, &[(close, "")]), [Effect::FocusBack]);
            assert!(!shown(&app).contains("sb-sheet"));
        }
    }
}

#[test]
fn the_inspector_tells_facts_in_their_units() {
    use splitbrain::lab::Unit;
    let mut told = 0;
    for lab in LABS {
        let mut app = open(&format!("{}?panels=stage,inspector", lab.meta().id));
        tell(&mut app, &[("end", "")]);
        let (trace, last) = (&app.outcomes()[0].trace, app.cursor(0).record_id(&app.outcomes()[0].trace));
        let with_unit = |node| {
            let keys = trace.fact_keys(node).take(40);
            let spec = |key: &splitbrain::trace::FactKey| lab.meta().facts.get(usize::from(key.name));
            let mut keys =
                keys.filter(|key| spec(key).is_some_and(|spec| !matches!(spec.unit, Unit::Things)));
            keys.find_map(|key| Some((key, trace.fact_at(node, key, last?)?.clone())))
        };
        let cast = app.cast();
        let Some((node, (key, value))) = cast.nodes().find_map(|node| Some((node, with_unit(node)?))) else {
            continue;
        };
        let words = app.transcript(0).fact_value(key, &value);
        tell(&mut app, &[(&format!("focus node {}", cast.name(node)), "")]);
        assert!(shown(&app).contains(&format!("<td>{words}</td>")), "{}: {words}", lab.meta().id);
        told += 1;
    }
    assert!(told > 0, "some lab has a fact with a unit");
}
