//! The colours of the stylesheet can be told apart (WCAG 2.2, 1.4.3 and 1.4.11).

#![allow(clippy::expect_used, reason = "helpers of tests may fail")]

use std::collections::BTreeMap;

/// The colours of one theme, by name.
type Theme = BTreeMap<String, [f64; 3]>;

fn themes() -> [(&'static str, Theme); 2] {
    let (light, rest) = web::STYLE
        .split_once("@media (prefers-color-scheme: dark)")
        .expect("a dark theme");
    let (dark, _) = rest.split_once("\n}\n").expect("its end");
    [("light", theme(light)), ("dark", theme(dark))]
}

fn theme(css: &str) -> Theme {
    let declarations = css
        .split(';')
        .filter_map(|line| line.rsplit_once("--")?.1.split_once(':'));
    declarations
        .filter_map(|(name, value)| {
            let digits = value.trim().strip_prefix('#')?;
            let channel = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
            let rgb = [channel(0)?, channel(2)?, channel(4)?];
            Some((name.to_owned(), rgb.map(|it| f64::from(it) / 255.0)))
        })
        .collect()
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
        ("no", "no-wash", graphics),
        ("yes", "yes-wash", graphics),
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
