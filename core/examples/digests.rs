//! Prints the digest of every lab's default and presets, as `tests/golden/digests.txt` has them: in the release profile they must be
//! those of the dev profile, and in wasm those of both. It is the path from a link to an outcome at its shortest.

use splitbrain::lab::Detail;
use splitbrain::labs::LABS;
use splitbrain::link;

fn main() {
    for lab in LABS {
        let mut links = vec![lab.meta().id];
        links.extend(lab.presets().iter().map(|preset| preset.link));
        // The first preset is often the default itself.
        links.dedup();
        for text in links {
            let link = link::parse(text, LABS).link.expect("what a lab publishes names a lab");
            println!("{text} = {}", lab.run(&link.scenario, Detail::Totals).digest_word());
            if let Some(second) = &link.second {
                println!("{text} (second) = {}", lab.run(second, Detail::Totals).digest_word());
            }
        }
    }
}
