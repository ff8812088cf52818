//! Numbers in plain words, the same in tables and under pictures.

use std::fmt::Write;

use crate::leak::Leakage;

/// A count with a comma every three digits.
#[must_use]
pub fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share from 0 to 1 in per cent. What is neither nothing nor everything is never rounded to it.
#[must_use]
pub fn percent(share: f64) -> String {
    match share {
        share if share > 0.0 && share < 0.0005 => "< 0.1 %".into(),
        share if (0.9995..1.0).contains(&share) => "> 99.9 %".into(),
        share => format!("{:.1} %", share * 100.0),
    }
}

/// Seconds since frame 0: `0.500 s`, and `1:02:03.500` from a minute on.
#[must_use]
pub fn time(secs: f64) -> String {
    if secs < 60.0 {
        return format!("{secs:.3} s");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a duration in milliseconds")]
    let millis = (secs * 1000.0).round() as u64;
    let (hours, minutes, secs) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60);
    let mut text = String::new();
    let _ = if hours > 0 { write!(text, "{hours}:{minutes:02}") } else { write!(text, "{minutes}") };
    let _ = write!(text, ":{secs:02}.{:03}", millis % 1000);
    text
}

/// A rate with as many digits as it needs, at most three after the point: `30`, `29.97`, `23.976`.
#[must_use]
pub fn rate(rate: f64) -> String {
    format!("{rate:.3}").trim_end_matches('0').trim_end_matches('.').into()
}

/// A small expectation: `0`, `0.25`, `7.9e-28`.
#[must_use]
pub fn tiny(value: f64) -> String {
    if value > 0.0 && value < 0.001 { format!("{value:.1e}") } else { rate(value) }
}

/// How much repeats, as a sentence without its full stop.
#[must_use]
pub fn repeats(leakage: &Leakage) -> String {
    let Leakage { blocks, repeated, repeated_share, .. } = *leakage;
    match (blocks, repeated) {
        (0, _) => "too small for a whole block of 16 bytes".into(),
        (_, 0) => format!("no block repeats (0 of {})", thousands(blocks)),
        (blocks, repeated) if blocks == repeated => format!("every block repeats ({})", thousands(blocks)),
        _ => format!(
            "{} of the blocks repeat ({} of {})",
            percent(repeated_share),
            thousands(repeated),
            thousands(blocks)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_a_person_writes_them() {
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [0.5, 59.999, 60.0, 3723.25].map(time),
            ["0.500 s", "59.999 s", "1:00.000", "1:02:03.250"]
        );
        assert_eq!([30.0, 29.97, 23.976_023_9, 0.0].map(rate), ["30", "29.97", "23.976", "0"]);
        assert_eq!([0.0, 0.25, 7.9e-28].map(tiny), ["0", "0.25", "7.9e-28"]);
    }

    #[test]
    fn a_share_is_never_rounded_to_nothing_or_everything() {
        assert_eq!(
            [0.0, 0.00001, 0.5, 0.99999, 1.0].map(percent),
            ["0.0 %", "< 0.1 %", "50.0 %", "> 99.9 %", "100.0 %"]
        );
    }

    #[test]
    fn repeats_are_told_with_their_counts() {
        let told = |blocks: u64, repeated: u64| {
            let repeated_share = repeated as f64 / blocks.max(1) as f64;
            repeats(&Leakage { blocks, repeated, repeated_share, ..Leakage::default() })
        };
        assert_eq!(told(230_400, 209_734), "91.0 % of the blocks repeat (209,734 of 230,400)");
        assert_eq!(told(230_400, 0), "no block repeats (0 of 230,400)");
        assert_eq!(told(4, 4), "every block repeats (4)");
        assert_eq!(told(0, 0), "too small for a whole block of 16 bytes");
    }
}
