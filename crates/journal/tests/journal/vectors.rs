//! Golden vectors: the formats as they were first written, for ever.
//!
//! Set `UPDATE_VECTORS` to write them anew; a changed line means that old journals no longer read.

use std::fmt::Write as _;
use std::path::Path;

use journal::detail::{PartsRoot, Span};
use journal::seal::{Opening, seal};
use journal::{
    Act, Actor, ActorKind, Checkpoint, Destination, Detail, Ground, NewOrigin, Part, Period,
    RollOver, Sealed, SignerKey, TileWriter, bulk_entry, entry,
};

use crate::fixture::{INSTALLATION, ORIGIN, START, entropy, id, period_key, read_detail, signer};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Compares with the committed file.
fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(name);
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, committed, "{name} has drifted");
}

/// A detail with nothing in it but what none lacks.
fn least(act: Act) -> Detail {
    let actor = Actor {
        kind: ActorKind::CommandLine,
        handle: "x".into(),
    };
    Detail::new(-1, act, actor)
}

/// A detail of what was done in a role of the authorisation.
fn in_a_role() -> Detail {
    Detail {
        role: Some(7),
        authorisation_version: Some(2),
        ..read_detail(402)
    }
}

/// A detail with everything in it that the first version of the format had.
fn whole() -> Detail {
    Detail {
        at: START,
        act: Act::DetailsPruned,
        actor: Actor {
            kind: ActorKind::Job,
            handle: "sweep".into(),
        },
        on_behalf_of: vec![
            Actor {
                kind: ActorKind::Program,
                handle: "website".into(),
            },
            Actor {
                kind: ActorKind::Person,
                handle: "0192f0c1".into(),
            },
        ],
        subject: Some(id(1, 1)),
        other: Some(id(1, 2)),
        organisation: Some(id(3, 1)),
        records: vec![id(2, 1), id(2, 2)],
        categories: vec![1, 24, 70_000],
        purpose: Some(4),
        basis: Some(2),
        recipient: Some(5),
        origin: Some(6),
        policy_version: 300,
        destination: Destination::File,
        rule: Some("retention 10d".into()),
        matter: Some(id(4, 1)),
        count: Some(u64::MAX),
        digest: Some([0xdd; 32]),
        reference: Some(99),
        parts: Some(PartsRoot {
            count: 2,
            root: [0xee; 32],
        }),
        span: Some(Span { first: 0, last: 98 }),
        ..least(Act::DetailsPruned)
    }
}

/// What was added to details later: what the data is held for.
fn with_grounds() -> Detail {
    let mut detail = read_detail(403);
    detail.grounds = vec![
        Ground {
            purpose: 4,
            basis: 6,
        },
        Ground {
            purpose: 300,
            basis: 0,
        },
    ];
    detail
}

#[test]
fn details_commitments_and_envelopes() {
    let mut text =
        String::from("# name, salt, encoding, commitment, envelope (all but the name in hex)\n");
    for (name, detail) in [
        ("least", least(Act::InstallationMade)),
        ("read", read_detail(402)),
        ("whole", whole()),
        ("grounds", with_grounds()),
        ("in-a-role", in_a_role()),
    ] {
        let salt = entropy(1).salt;
        let period = Period::of(detail.at);
        let opening = Opening::new(salt, detail.encode());
        let made = entry(&detail, &INSTALLATION, &period_key(period), &entropy(1));
        let sealed = seal(
            &opening,
            Sealed::Detail,
            &INSTALLATION,
            period,
            &period_key(period),
            entropy(1).nonce,
        );
        assert_eq!(made.sealed, sealed);
        assert_eq!(Detail::decode(opening.encoded()), Ok(detail));
        let _ = writeln!(
            text,
            "{name} {} {} {} {}",
            hex(&salt),
            hex(opening.encoded()),
            hex(&made.commitment),
            hex(&sealed)
        );
    }
    golden("details.txt", &text);
}

#[test]
fn parts_of_a_bulk_act() {
    let detail = Detail::new(
        START,
        Act::Swept,
        Actor {
            kind: ActorKind::Job,
            handle: "sweep".into(),
        },
    );
    let mut second = Part::new(id(1, 2));
    second.records = vec![id(2, 5)];
    second.categories = vec![3];
    second.rule = Some("retention 10b".into());
    second.count = Some(1);
    let parts = [Part::new(id(1, 1)), second, Part::new(id(1, 3))];
    let key = period_key(Period::of(START));
    let made = bulk_entry(detail, &parts, &INSTALLATION, &key, &entropy(2));
    let mut text =
        String::from("# entry's commitment, then a line a part: encoding, commitment, envelope\n");
    let _ = writeln!(text, "{}", hex(&made.commitment));
    for (part, stored) in parts.iter().zip(&made.parts) {
        assert_eq!(Part::decode(&part.encode()).as_ref(), Ok(part));
        let _ = writeln!(
            text,
            "{} {} {}",
            hex(&part.encode()),
            hex(&stored.commitment),
            hex(&stored.sealed)
        );
    }
    let mut later = Part::new(id(1, 3));
    later.grounds = with_grounds().grounds;
    assert_eq!(Part::decode(&later.encode()).as_ref(), Ok(&later));
    let _ = writeln!(text, "{}", hex(&later.encode()));
    golden("parts.txt", &text);
}

#[test]
fn checkpoints_and_statements() {
    let mut tree = TileWriter::new();
    (0..300u64).for_each(|n| tree.append(&n.to_be_bytes()));
    let checkpoint = Checkpoint::new(ORIGIN, tree.size(), tree.root());
    golden("checkpoint.txt", &checkpoint.sign(&[&signer()]));
    golden(
        "frontier.txt",
        &format!("{}\n", hex(&tree.frontier().encode())),
    );
    let new_key = SignerKey::new(ORIGIN, &[12; 32]).unwrap();
    golden(
        "roll-over.txt",
        &RollOver::sign(ORIGIN, 300, &signer(), &new_key),
    );
    let statement = NewOrigin {
        origin: format!("{ORIGIN}/2"),
        old_origin: ORIGIN.into(),
        old_size: 310,
        old_root: [3; 32],
        kept_size: 300,
        kept_root: tree.root(),
    };
    golden("new-origin.txt", &statement.sign(&[&signer()]));
}

#[test]
fn an_ordinary_read_is_small() {
    assert!(
        read_detail(402).encode().len() < 120,
        "{}",
        read_detail(402).encode().len()
    );
}

#[test]
fn the_format_page_lists_every_act() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/journal-format.md");
    let page = std::fs::read_to_string(page).unwrap();
    for act in Act::ALL {
        let row = format!("| {} | `{}` | ", act.number(), act.name());
        assert!(
            page.contains(&row),
            "docs/journal-format.md lacks the row {row}"
        );
    }
}
