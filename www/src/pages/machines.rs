//! What machines read: the map for search engines, and what phones put on their home screen.
use std::fmt::Write;

use anyhow::Result;

use super::{Made, Site};

/// Adds robots.txt, the manifest, and, where the host is known, sitemap.xml.
pub fn files(site: &Site, made: &mut Made) -> Result<()> {
    let mut robots = "User-agent: *\nAllow: /\n".to_string();
    if let Some(origin) = &site.base.origin {
        let start = format!("{origin}{}", site.base.path);
        let _ = writeln!(robots, "Sitemap: {start}sitemap.xml");
        made.files.push(("sitemap.xml".to_string(), map(&start, made).into_bytes()));
    }
    made.files.push(("robots.txt".to_string(), robots.into_bytes()));
    let manifest = serde_json::json!({
        "name": "Splitbrain",
        "short_name": "Splitbrain",
        "description": "Distributed systems you can break",
        "start_url": "./",
        "display": "minimal-ui",
        "icons": [{ "src": "icon.svg", "sizes": "any", "type": "image/svg+xml" }],
    });
    made.files.push(("site.webmanifest".to_string(), serde_json::to_vec_pretty(&manifest)?));
    Ok(())
}

fn map(start: &str, made: &Made) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for page in made.pages.iter().filter(|page| page.html.contains("rel=\"canonical\"")) {
        let _ = writeln!(out, "<url><loc>{start}{}</loc></url>", page.file.trim_end_matches("index.html"));
    }
    out.push_str("</urlset>\n");
    out
}
