//! axe-core on the page that a browser shows (WCAG 2.2, levels A and AA).

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::Browser;

const RUN: &str = "const done = arguments[arguments.length - 1]; \
    axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}) \
    .then((found) => done(found.violations.map((it) => ({id: it.id, help: it.help, \
    nodes: it.nodes.map((node) => node.html)}))), (error) => done(String(error)))";

/// The folder of what npm installed.
pub(super) fn modules() -> PathBuf {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/browser/node_modules");
    assert!(
        folder.is_dir(),
        "what npm installs is missing: ./test installs it"
    );
    folder
}

/// Fails with all that is wrong with the page, in light and dark.
#[track_caller]
pub(super) fn check(browser: &Browser) {
    let axe = std::fs::read_to_string(modules().join("axe-core/axe.min.js")).unwrap();
    browser.script(&axe, &json!([]));
    let theme = "const before = document.documentElement.dataset.theme ?? ''; \
        document.documentElement.dataset.theme = arguments[0]; return before";
    let before = browser.script(theme, &json!(["light"]));
    for name in ["light", "dark"] {
        browser.script(theme, &json!([name]));
        let found = browser.script_waited(RUN, &json!([]));
        let mut text = String::new();
        for one in found.as_array().unwrap_or_else(|| panic!("{found}")) {
            let _ = writeln!(text, "{}: {}", one["id"], one["help"]);
            for node in one["nodes"].as_array().into_iter().flatten() {
                let _ = writeln!(text, "  {}", node.as_str().unwrap_or_default());
            }
        }
        assert!(text.is_empty(), "{} in {name}:\n{text}", browser.address());
    }
    let reset = "if (arguments[0]) document.documentElement.dataset.theme = arguments[0]; \
        else delete document.documentElement.dataset.theme";
    browser.script(reset, &Value::Array(vec![before]));
}
