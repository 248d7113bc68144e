//! The stylesheet's colours read back: for files that must spell them out, and for the tests of contrast.

use crate::scene::Role;
use std::fmt::Write;

/// The stylesheet of roles and marks: the only place where colours are.
pub const STYLESHEET: &str = include_str!("../../www/static/theme.css");

/// The colour of a custom property `--sb-NAME`, as `#rrggbb`, in the light or the dark theme.
pub fn color(name: &str, dark: bool) -> Option<&'static str> {
    let start = STYLESHEET.find(&format!("--sb-{name}: light-dark("))?;
    let (_, rest) = STYLESHEET[start..].split_once('(')?;
    let (pair, _) = rest.split_once(')')?;
    let (light, night) = pair.split_once(',')?;
    Some(if dark { night.trim() } else { light.trim() })
}

/// The rules for marks with every colour written out, for whatever draws SVG without custom properties or schemes.
pub fn flat_stylesheet(dark: bool) -> String {
    let ink = color("ink", dark).expect("ink is in the stylesheet");
    let paper = color("paper", dark).expect("paper is in the stylesheet");
    let mut out = format!(
        "svg{{background:{paper};font-size:12px}}text{{font-family:Helvetica,Arial,'Liberation Sans',sans-serif}}\
         .m{{stroke-width:1.5}}.m-line{{fill:none;stroke-width:1.5;stroke-linejoin:round}}\
         .m-cross{{fill:none;stroke-width:2;stroke-linecap:round}}.m-touch{{fill:none;stroke:none}}.m-dots{{fill:none;stroke-linecap:round}}\
         .m-line.r-grid,.m-line.r-axis{{stroke-width:1}}.m.r-node-down{{stroke-dasharray:4 3}}\
         .m.r-node-paused,.m.r-op-unknown{{stroke-dasharray:1.5 2.5}}.m.r-op-failed{{stroke-dasharray:4 3}}.bold{{font-weight:700}}.dim{{opacity:.25}}.lit,.lit>.m-line{{stroke-width:3}}\
         .halo{{paint-order:stroke;stroke:{paper};stroke-width:4px;stroke-linejoin:round}}"
    );
    for role in Role::ALL {
        let (class, name) = (role.class(), role.name());
        let line = color(name, dark).expect("every role is in the stylesheet");
        let fill = if role.is_tinted() {
            color(&format!("{name}-fill"), dark).expect("with its tint")
        } else {
            line
        };
        let word = if role.is_legible() { line } else { ink };
        let stroke = if *role == Role::Paper { "none" } else { line };
        write!(
            out,
            ".m.{class}{{fill:{fill};stroke:{stroke}}}.m-band.{class}{{fill:{fill}}}.m-text.{class}{{fill:{word}}}\
             .m-line.{class},.m-cross.{class},.m-dots.{class}{{stroke:{line}}}"
        )
        .expect("writing to a string");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2: text, and graphics that carry meaning.
    const TEXT: f64 = 4.5;
    const GRAPHICS: f64 = 3.0;

    fn linear(hex: &str) -> [f64; 3] {
        [1, 3, 5].map(|at| {
            let part =
                f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("a colour is #rrggbb")) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { libm::pow((part + 0.055) / 1.055, 2.4) }
        })
    }

    fn luminance(hex: &str) -> f64 {
        let [r, g, b] = linear(hex);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn demand(front: &str, back: &str, least: f64) {
        for dark in [false, true] {
            let pair = [front, back]
                .map(|name| color(name, dark).unwrap_or_else(|| panic!("--sb-{name} is missing")));
            let ratio = contrast(pair[0], pair[1]);
            assert!(ratio >= least, "--sb-{front} on --sb-{back}, dark {dark}: {ratio:.2}, wanted {least}");
        }
    }

    #[test]
    fn words_can_be_read() {
        for back in ["paper", "surface"] {
            for role in Role::ALL.iter().filter(|role| role.is_legible()) {
                demand(role.name(), back, TEXT);
            }
        }
        demand("accent-ink", "accent", TEXT);
        demand("accent", "accent-fill", TEXT);
        for tint in ["band", "accent", "kept", "broken", "unknown", "client"] {
            demand("ink", &format!("{tint}-fill"), TEXT);
            demand("ink-soft", &format!("{tint}-fill"), TEXT);
        }
        for role in ["node-up", "node-down", "node-paused", "node-slow", "node-lead"] {
            demand("ink", &format!("{role}-fill"), TEXT);
        }
        for verdict in ["kept", "broken", "unknown"] {
            demand(verdict, &format!("{verdict}-fill"), TEXT);
        }
    }

    #[test]
    fn marks_can_be_seen() {
        // The grid is decoration, paper is the ground.
        for role in Role::ALL.iter().filter(|role| !matches!(role, Role::Grid | Role::Paper)) {
            for back in ["paper", "surface"] {
                demand(role.name(), back, GRAPHICS);
            }
            if role.is_tinted() {
                demand(role.name(), &format!("{}-fill", role.name()), GRAPHICS);
            }
        }
        for kind in 0..8 {
            demand(Role::series(kind).name(), "band-fill", 2.7);
        }
    }

    /// Björn Ottosson's OKLab (2020), in which distances are about as large as they look.
    fn oklab([r, g, b]: [f64; 3]) -> [f64; 3] {
        let l = libm::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
        let m = libm::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
        let s = libm::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
        [
            0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
        ]
    }

    /// Full vision, protanopia and deuteranopia by Machado, Oliveira and Fernandes (2009), table 1, severity 1.0.
    const EYES: [[[f64; 3]; 3]; 3] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    ];

    #[test]
    fn series_differ_for_all_eyes() {
        for (dark, eye) in [false, true].into_iter().flat_map(|dark| EYES.iter().map(move |eye| (dark, eye)))
        {
            let seen = |index: usize| {
                let rgb = linear(color(Role::series(index).name(), dark).expect("a series has a colour"));
                oklab(eye.map(|row| (row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2]).clamp(0.0, 1.0)))
            };
            for (a, b) in (0..8).flat_map(|a| (0..a).map(move |b| (a, b))) {
                let (p, q) = (seen(a), seen(b));
                let apart = (0..3).map(|i| (p[i] - q[i]) * (p[i] - q[i])).sum::<f64>().sqrt();
                assert!(apart >= 0.07, "series {a} and {b}, dark {dark}: {apart:.3} apart");
            }
        }
    }

    #[test]
    fn every_role_wears_its_colours() {
        for role in Role::ALL {
            let (class, name) = (role.class(), role.name());
            let start =
                STYLESHEET.find(&format!(".{class} {{")).unwrap_or_else(|| panic!("no rule for .{class}"));
            let rule = &STYLESHEET[start..start + STYLESHEET[start..].find('}').expect("a rule ends")];
            assert!(rule.contains(&format!("--c: var(--sb-{name});")), "{rule}");
            assert_eq!(rule.contains(&format!("--f: var(--sb-{name}-fill);")), role.is_tinted(), "{rule}");
            if *role != Role::Ink {
                assert_eq!(rule.contains(&format!("--w: var(--sb-{name});")), role.is_legible(), "{rule}");
            }
        }
    }
}
