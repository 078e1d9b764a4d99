//! The reference of the command line is generated, and committed.

/// `KEPT_UPDATE=1 cargo test -p kept` writes it anew.
#[test]
fn the_reference_of_the_command_line_is_not_stale() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/command-line.md");
    let reference = ::kept::reference::markdown();
    if std::env::var_os("KEPT_UPDATE").is_some() {
        std::fs::write(path, &reference).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == reference,
        "docs/command-line.md is stale: run with KEPT_UPDATE=1"
    );
}
