//! The references of the command line, of the programming interface and of the algorithms are
//! generated, and committed.

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

/// `KEPT_UPDATE=1 cargo test -p kept` writes it anew.
#[test]
fn the_description_of_the_programming_interface_is_not_stale() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let description = web::api::description();
    if std::env::var_os("KEPT_UPDATE").is_some() {
        std::fs::write(path, &description).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == description,
        "docs/openapi.json is stale: run with KEPT_UPDATE=1"
    );
}

/// `KEPT_UPDATE=1 cargo test -p kept` writes it anew.
#[test]
fn the_list_of_algorithms_is_not_stale() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/algorithms.md");
    let list = ::kept::reference::algorithms();
    if std::env::var_os("KEPT_UPDATE").is_some() {
        std::fs::write(path, &list).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == list,
        "docs/algorithms.md is stale: run with KEPT_UPDATE=1"
    );
}
