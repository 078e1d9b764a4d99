//! Values of settings: parsed into types that cannot be wrong.

use std::time::Duration;

use jiff::SignedDuration;

/// A duration such as `30 min` or `12 h`, within bounds.
pub(super) fn duration(text: &str, least: u64, most: u64) -> Result<Duration, String> {
    let parsed = text.trim().parse::<SignedDuration>();
    let parsed = parsed.map_err(|_| "this is no duration: write `30 min` or `12 h`".to_owned())?;
    let seconds = u64::try_from(parsed.as_secs()).unwrap_or(0);
    if parsed.subsec_nanos() != 0 || !(least..=most).contains(&seconds) {
        return Err(format!(
            "a duration from {} to {} is meant",
            words(least),
            words(most)
        ));
    }
    Ok(Duration::from_secs(seconds))
}

fn words(seconds: u64) -> String {
    match seconds {
        _ if seconds.is_multiple_of(3600) => format!("{} h", seconds / 3600),
        _ if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

/// A number of bytes: `65536`, `64 KiB`, `1 MiB`.
pub(super) fn bytes(text: &str, least: usize, most: usize) -> Result<usize, String> {
    let text = text.trim();
    let digits = text
        .find(|it: char| !it.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim() {
        "" | "B" => Some(1),
        "KiB" => Some(1 << 10),
        "MiB" => Some(1 << 20),
        "GiB" => Some(1 << 30),
        _ => None,
    };
    let number = number.parse::<usize>().ok();
    let parsed = number.zip(factor).and_then(|(it, by)| it.checked_mul(by));
    let parsed = parsed.ok_or("this is no size: write `64 KiB` or `1 MiB`")?;
    if (least..=most).contains(&parsed) {
        Ok(parsed)
    } else {
        Err(format!("a size from {least} to {most} bytes is meant"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_are_read_within_their_bounds() {
        for (text, seconds) in [
            ("90s", Some(90)),
            ("30 min", Some(1800)),
            ("30 minutes", Some(1800)),
            ("1h 30m", Some(5400)),
            ("12 h", None),
            ("59 s", None),
            ("-30 min", None),
            ("1.5 s", None),
            ("soon", None),
            ("", None),
            ("P1Y", None),
        ] {
            let found = duration(text, 60, 36_000).ok().map(|it| it.as_secs());
            assert_eq!(found, seconds, "{text}");
        }
        for (text, size) in [
            ("65536", Some(65_536)),
            ("64 KiB", Some(65_536)),
            ("1MiB", Some(1 << 20)),
            ("1 kB", None),
            ("2 MiB", None),
            ("99999999999999999999 GiB", None),
            ("17179869184 GiB", None),
            ("", None),
        ] {
            assert_eq!(bytes(text, 1024, 1 << 20).ok(), size, "{text}");
        }
    }
}
