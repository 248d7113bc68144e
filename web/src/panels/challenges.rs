//! Challenges: the lab's list, and above the pictures the one that is attempted, judged live.

use super::verdicts::symbol;
use super::{button, panel};
use crate::app::App;
use crate::app::learning::Judged;
use crate::markup::{Element, el};
use crate::views::charts::shown;
use splitbrain::lab::{Challenge, State};

/// The lab's challenges, each with whether it was reached.
#[inline(never)]
pub(crate) fn draw(app: &App) -> Element {
    let items = app.lab.challenges().iter().map(|challenge| {
        let (now, done) =
            (app.link().envelope.challenge == Some(challenge.id), app.was_reached(challenge.id));
        let word = match (now, done) {
            (true, _) => "start over",
            (false, true) => "try again",
            (false, false) => "try it",
        };
        let way = button(format!("attempt {}", challenge.id), word)
            .attr("aria-label", format!("{}: {}", super::capital(word), challenge.prompt));
        el("li")
            .key(challenge.id)
            .class_if(now, "sb-now")
            .child(el("p").child_if(done.then(reached_mark)).child(challenge.prompt))
            .child(way)
    });
    let note = match app.kept.lasts {
        true => "What you have reached is remembered in this browser.",
        false => "What you have reached is remembered until this page closes.",
    };
    let body = el("div")
        .child(el("ol").class("sb-challenges").children(items))
        .child(el("p").class("sb-quiet sb-about").child(note));
    panel(&app.options.id, "challenges", "Challenges", body)
}

fn reached_mark() -> Element {
    el("strong").class("sb-reached sb-is-kept").child("✓ Reached. ")
}

/// The challenge that is attempted: what to reach, a guess first, how the present run is judged, and help.
pub(crate) fn task(app: &App) -> Option<Element> {
    let (challenge, judged) = (app.challenge()?, app.judged()?);
    let all = app.lab.challenges();
    let number = all.iter().position(|known| known.id == challenge.id).map_or(0, |place| place + 1);
    let heading = format!("{}-task-title", app.options.id);
    let worksheet = judged == Judged::Hidden;
    let title = if worksheet { "Worksheet".into() } else { format!("Challenge {number} of {}", all.len()) };
    let hint = (app.learning.hint && !worksheet).then(|| {
        el("p").key("hint").class("sb-hint").child(el("strong").child("Hint: ")).child(challenge.hint)
    });
    let section = el("section")
        .key("task")
        .class("sb-panel sb-task")
        .attr("id", format!("{}-task", app.options.id))
        .attr("role", "group")
        .attr("aria-labelledby", heading.clone())
        .attr("tabindex", "-1")
        .child(el("h3").class("sb-panel-title").attr("id", heading).child(title))
        .child(el("p").key("prompt").class("sb-prompt").child(challenge.prompt))
        .child_if(guess(app, challenge, judged))
        .child(state(challenge, judged))
        .child_if(figures(app, challenge, judged))
        .child_if(hint)
        .child(acts(app, challenge, judged));
    Some(section)
}

/// The question to answer first; afterwards what was answered.
fn guess(app: &App, challenge: &'static Challenge, judged: Judged) -> Option<Element> {
    let (question, answers) = challenge.guess?;
    let said = match app.guessed() {
        None if judged != Judged::GuessFirst => return None,
        None => {
            let mut shown: Vec<(usize, &str)> = answers.iter().copied().enumerate().collect();
            // The right answer stands first in the lab's data.
            shown.sort_by_key(|(_, answer)| *answer);
            let buttons = shown.into_iter().map(|(place, answer)| button(format!("guess {place}"), answer));
            let id = format!("{}-guess", app.options.id);
            return Some(
                el("div")
                    .key("guess")
                    .attr("role", "group")
                    .attr("aria-labelledby", id.clone())
                    .child(el("p").attr("id", id).child(el("strong").child("Guess first: ")).child(question))
                    .child(el("p").class("sb-acts").children(buttons)),
            );
        }
        Some(place) if judged == Judged::Reached => match place {
            0 => format!("You guessed: {}. Right.", answers[0]),
            _ => format!("You guessed: {}. It is: {}.", answers[place], answers[0]),
        },
        Some(place) => format!("You guessed: {}.", answers[place]),
    };
    let asked = el("span").class("sb-quiet").child(format!("{question} "));
    Some(el("p").key("guess").child(asked).child(said))
}

/// How the present run is judged. Its place is kept, so that nothing moves when the goal is reached.
fn state(challenge: &'static Challenge, judged: Judged) -> Element {
    let (state, word, sentence) = match judged {
        Judged::Hidden => (
            State::Unknown,
            "Judged elsewhere.",
            "Your answer is this run: send its link (Share) to whoever set it.",
        ),
        Judged::GuessFirst => (
            State::Unknown,
            "Not judged yet.",
            "After your guess, every change that you make is judged at once.",
        ),
        Judged::Open => (State::Unknown, "Not reached yet.", "Every change that you make is judged at once."),
        Judged::Reached => (State::Kept, "Reached.", challenge.learn),
    };
    let mark = if judged == Judged::Reached { Some(symbol(state)) } else { None };
    el("p")
        .key("judged")
        .class("sb-judged")
        .class(super::verdicts::class(state))
        .attr("data-judged", if judged == Judged::Reached { "reached" } else { "open" })
        .child_if(mark)
        .child(el("strong").class("sb-word").child(word))
        .child(" ")
        .child(sentence)
}

/// How far the present run is from the goal.
fn figures(app: &App, challenge: &'static Challenge, judged: Judged) -> Option<Element> {
    if challenge.figures.is_empty()
        || matches!(judged, Judged::Hidden | Judged::GuessFirst)
        || app.is_waiting()
    {
        return None;
    }
    let (specs, outcome) = (app.lab.meta().tallies, &app.outcomes()[0]);
    let figure = |name: &&str| {
        let about = specs.iter().find(|spec| spec.name == *name).map_or("", |spec| spec.about);
        let (name, value) = shown(outcome.tallies.iter().find(|tally| tally.name == *name)?);
        let words = el("span").class("sb-quiet").child(format!("{name}: "));
        Some(el("span").attr("title", about).child(words).child(el("strong").child(value)))
    };
    Some(el("p").key("figures").class("sb-acts").children(challenge.figures.iter().filter_map(figure)))
}

fn acts(app: &App, challenge: &'static Challenge, judged: Judged) -> Element {
    let all = app.lab.challenges();
    let mut acts = el("p").key("acts").class("sb-acts");
    if judged == Judged::Hidden {
        return acts;
    }
    let next = all.iter().skip_while(|known| known.id != challenge.id).nth(1);
    // In a text the next one stands below, with what it needs.
    if let (Judged::Reached, Some(next), false) = (judged, next, app.is_brief()) {
        acts = acts
            .child(button(format!("attempt {}", next.id), "Next challenge").key("next").class("sb-primary"));
    }
    let shown = if app.learning.hint { "true" } else { "false" };
    acts.child(button("hint", "Hint").key("hint").attr("aria-expanded", shown))
        .child(button(format!("attempt {}", challenge.id), "Start over").key("again"))
        .child(button("attempt-off", "Leave the challenge").key("leave"))
}
