//! The files of the repository, and the crates as their manifests describe them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A text file that is tracked, or would be with the next commit.
pub(crate) struct TextFile {
    /// Its path from the root, with `/`.
    pub(crate) path: String,
    /// What it says.
    pub(crate) text: String,
}

impl TextFile {
    /// The code that is in the product: without the tests at the end of a file.
    pub(crate) fn product_code(&self) -> &str {
        self.text
            .split_once("\n#[cfg(test)]\nmod ")
            .map_or(&self.text, |(code, _)| code)
    }

    /// Whether it is Rust code of a crate's product, not of its tests.
    pub(crate) fn is_product_source(&self) -> bool {
        let mut parts = self.path.split('/');
        parts.next() == Some("crates")
            && parts.nth(1) == Some("src")
            && self.path.ends_with(".rs")
            && !self.path.ends_with("/tests.rs")
            && !self.path.contains("/tests/")
    }

    /// The crate that it belongs to.
    pub(crate) fn crate_name(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All text files, in the order of their paths.
pub(crate) fn text_files() -> Vec<TextFile> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    assert!(
        output.status.success(),
        "git ls-files: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let names = String::from_utf8(output.stdout).expect("paths are UTF-8");
    let paths: BTreeSet<&str> = names.split('\0').filter(|name| !name.is_empty()).collect();
    let files: Vec<TextFile> = paths
        .into_iter()
        .filter_map(|path| {
            let text = fs::read_to_string(root().join(path)).ok()?;
            Some(TextFile {
                path: path.to_owned(),
                text,
            })
        })
        .collect();
    assert!(files.len() > 30, "only {} files were found", files.len());
    files
}

/// The product's own Rust files.
pub(crate) fn product_sources() -> Vec<TextFile> {
    let mut files = text_files();
    files.retain(TextFile::is_product_source);
    files
}

/// The crates of the workspace, each with what its product (not its tests) depends on.
pub(crate) fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let mut crates = BTreeMap::new();
    for folder in fs::read_dir(root().join("crates")).expect("the crates' folder") {
        let folder = folder.expect("a folder").path();
        let name = folder
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a name")
            .to_owned();
        let Ok(text) = fs::read_to_string(folder.join("Cargo.toml")) else {
            continue;
        };
        let table: toml::Table = toml::from_str(&text).expect("a manifest parses");
        assert_eq!(
            table["package"]["name"].as_str(),
            Some(name.as_str()),
            "a crate's folder is named as the crate"
        );
        let section = table.get("dependencies").and_then(toml::Value::as_table);
        let names = section
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect();
        crates.insert(name, names);
    }
    crates
}

/// Fails with all findings at once.
pub(crate) fn none(what: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{what}:\n  {}", findings.join("\n  "));
}
