//! Documents point at what exists, and no file points at somebody's machine.

use regex::Regex;

use crate::repository::{none, root, text_files};

/// What has changed since is history in a changelog, not an error.
const HISTORY: &str = "CHANGELOG.md";

#[test]
fn links_lead_somewhere() {
    let link = Regex::new(r"\]\(([^)\s]+)\)").expect("a pattern");
    let mut findings = Vec::new();
    let mut seen = 0;
    for file in text_files()
        .iter()
        .filter(|file| file.path.ends_with(".md"))
    {
        let path = root().join(&file.path);
        let folder = path.parent().expect("a file has a folder");
        for target in link
            .captures_iter(&file.text)
            .map(|found| found[1].to_owned())
        {
            if target.starts_with("https://") || target.starts_with('#') {
                continue;
            }
            seen += 1;
            let (place, heading) = target.split_once('#').unwrap_or((&target, ""));
            match std::fs::read_to_string(folder.join(place)) {
                Ok(text) if !heading.is_empty() && !headings(&text).contains(&heading.into()) => {
                    findings.push(format!("{}: {target}: no such heading", file.path));
                }
                Err(_) if !folder.join(place).exists() => {
                    findings.push(format!("{}: {target}", file.path));
                }
                _ => {}
            }
        }
    }
    assert!(seen > 0, "documents link to one another");
    none("links that lead nowhere", &findings);
}

/// The anchors that a page's headings have where it is shown.
fn headings(page: &str) -> Vec<String> {
    page.lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

#[test]
fn paths_that_documents_and_comments_name_exist() {
    let code = Regex::new(r"`((?:crates|docs|policies|fuzz|\.ci|\.config)/[A-Za-z0-9_./-]*)`")
        .expect("a pattern");
    let mut findings = Vec::new();
    for file in text_files() {
        let read = file.path.ends_with(".md") || file.path.ends_with(".rs");
        if !read || file.path == HISTORY {
            continue;
        }
        for path in code
            .captures_iter(&file.text)
            .map(|found| found[1].to_owned())
        {
            if !root().join(&path).exists() {
                findings.push(format!("{}: {path}", file.path));
            }
        }
    }
    none("documents and comments name what is not there", &findings);
}

#[test]
fn the_readme_shows_commands_that_exist() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).expect(path);
    let (readme, reference) = (read("README.md"), read("docs/command-line.md"));
    let command = Regex::new(r"(?m)^kept ([a-z]+)").expect("a pattern");
    let shown: Vec<String> = command
        .captures_iter(&readme)
        .map(|found| format!("kept {}", &found[1]))
        .collect();
    assert!(!shown.is_empty(), "the README shows commands");
    let exists = |name: &String| reference.lines().any(|line| line == format!("## {name}"));
    let missing: Vec<String> = shown.into_iter().filter(|name| !exists(name)).collect();
    none("commands that do not exist", &missing);
}

#[test]
fn rules_that_comments_cite_exist() {
    let cited = Regex::new(r"\b(semantics|mechanism)(?:\.md`?)?,? (\d+)").expect("a pattern");
    let mut findings = Vec::new();
    let mut seen = 0;
    for file in text_files() {
        for citation in cited.captures_iter(&file.text) {
            seen += 1;
            let page = root().join(format!("docs/{}.md", &citation[1]));
            let rules = std::fs::read_to_string(page).expect("the rules");
            let start = format!("{}. ", &citation[2]);
            if !rules.lines().any(|line| line.starts_with(&start)) {
                findings.push(format!("{}: {}", file.path, &citation[0]));
            }
        }
    }
    assert!(seen > 0, "comments cite rules");
    none("rules that do not exist", &findings);
}

#[test]
fn no_file_names_a_place_on_somebodys_machine() {
    // Put together here, so that this file does not find itself.
    let folders = ["work", "tmp", "root", "home", "farm", "Users"].join("|");
    let place = Regex::new(&format!(r"(?:^|[^A-Za-z0-9._/-])/(?:{folders})/")).expect("a pattern");
    let mut findings = Vec::new();
    for file in text_files()
        .iter()
        .filter(|file| !file.path.ends_with(".lock"))
    {
        for (index, line) in file.text.lines().enumerate() {
            if place.is_match(line) {
                findings.push(format!("{}:{}: {}", file.path, index + 1, line.trim()));
            }
        }
    }
    none("paths of a machine", &findings);
}

#[test]
fn headings_become_anchors() {
    assert_eq!(
        headings("# The map\n\n## D's keys, apart\n"),
        ["the-map", "ds-keys-apart"]
    );
}
