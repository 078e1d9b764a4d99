//! The colours of the stylesheet can be told apart (WCAG 2.2, 1.4.3 and 1.4.11).

#![allow(clippy::expect_used, reason = "helpers of tests may fail")]

use std::collections::BTreeMap;

/// The colours of one theme, by name.
type Theme = BTreeMap<String, [f64; 3]>;

fn themes() -> [(&'static str, Theme); 2] {
    ["light", "dark"].map(|name| (name, theme(name == "dark")))
}

/// The colours of the tokens: `--ink: light-dark(#14202a, #e7edee);`.
fn theme(dark: bool) -> Theme {
    let declarations = web::STYLE.split(';').filter_map(|line| {
        let (name, value) = line.rsplit_once("--")?.1.split_once(':')?;
        let pair = value
            .trim()
            .strip_prefix("light-dark(")?
            .strip_suffix(')')?;
        let (first, second) = pair.split_once(',')?;
        Some((name, if dark { second } else { first }))
    });
    declarations
        .filter_map(|(name, value)| {
            let digits = value.trim().strip_prefix('#')?;
            let channel = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
            let rgb = [channel(0)?, channel(2)?, channel(4)?];
            Some((name.to_owned(), rgb.map(|it| f64::from(it) / 255.0)))
        })
        .collect()
}

#[test]
fn every_colour_is_a_token_with_two_themes() {
    let (light, dark) = (theme(false), theme(true));
    assert_eq!(
        light.keys().collect::<Vec<_>>(),
        dark.keys().collect::<Vec<_>>()
    );
    assert!(light.len() > 20, "{light:?}");
    let (screen, _) = web::STYLE.split_once("@media print").expect("print");
    for (at, _) in screen.match_indices('#') {
        let rest = &screen[at + 1..];
        let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        if digits >= 3 {
            let before = screen[..at].rsplit('\n').next().expect("a line");
            assert!(before.contains("light-dark("), "a bare colour: {before}");
        }
    }
}

/// The relative luminance of WCAG 2.
fn luminance(rgb: [f64; 3]) -> f64 {
    let [r, g, b] = rgb.map(|it| {
        if it <= 0.04045 {
            it / 12.92
        } else {
            ((it + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn text_and_graphics_stand_out_in_both_themes() {
    let text = 4.5;
    let graphics = 3.0;
    let mut pairs: Vec<(&str, &str, f64)> = vec![
        ("on-accent", "accent", text),
        ("accent", "accent-wash", text),
        ("ink", "no-wash", text),
        ("ink", "yes-wash", text),
        ("ink", "accent-wash", text),
        ("ink", "careful-wash", text),
        ("no", "no-wash", text),
        ("yes", "yes-wash", text),
        ("careful", "careful-wash", text),
        ("sheet", "no", text),
        ("paper", "ink", text),
    ];
    for ground in ["paper", "sheet"] {
        pairs.extend(["ink", "ink-soft", "accent", "no"].map(|it| (it, ground, text)));
        pairs.extend(["line-firm", "focus"].map(|it| (it, ground, graphics)));
    }
    pairs
        .extend(["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"].map(|it| (it, "sheet", graphics)));
    for (name, theme) in themes() {
        for (front, ground, least) in &pairs {
            let found = contrast(theme[*front], theme[*ground]);
            assert!(
                found >= *least,
                "{front} on {ground} in the {name} theme: {found:.2}"
            );
        }
    }
}

#[test]
fn nothing_is_fetched() {
    for word in ["url(", "@import", "http:", "https:"] {
        assert!(!web::STYLE.contains(word), "{word}");
    }
}
