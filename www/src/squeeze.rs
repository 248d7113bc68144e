//! Styles and scripts without what nobody's browser reads: indentation, blank lines and comments. Names stay, so that whoever looks at a
//! page's source still finds their way.

/// A script: lines that are a comment go, and blocks that begin a line (`/** … */`), which only describe what follows. Nothing within a line
/// is touched, so texts are safe unless they go over several lines; ours do not (a test says so).
pub fn script(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut within = false;
    for line in text.lines().map(str::trim) {
        within |= line.starts_with("/*");
        if !within && !line.is_empty() && !line.starts_with("//") {
            out.push_str(line);
            out.push('\n');
        }
        within &= !line.ends_with("*/");
    }
    out
}

/// A stylesheet: comments go wherever they stand.
pub fn styles(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split("/*");
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str(part.split_once("*/").map_or("", |(_, after)| after));
    }
    let lines = out.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_read_goes() {
        let text = "// Head.\n/**\n * What it is.\n */\nexport function f() {\n  // Why.\n\n  return 'a // b'; // said\n}\n/* one */\nf();\n";
        assert_eq!(script(text), "export function f() {\nreturn 'a // b'; // said\n}\nf();\n");
        assert_eq!(styles("/* a */\na { b: c } /* d\n e */\n\n  f { g: h }\n"), "a { b: c }\nf { g: h }");
    }

    #[test]
    fn no_text_of_our_scripts_goes_over_several_lines() {
        for entry in std::fs::read_dir(crate::workspace::root().join("www/static")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "js") {
                let text = std::fs::read_to_string(&path).unwrap();
                let odd = text.lines().find(|line| line.matches('`').count() % 2 == 1);
                assert_eq!(odd, None, "{}", path.display());
            }
        }
    }
}
