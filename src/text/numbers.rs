//! Numbers in words: one vocabulary for the window, figures, tables and messages.

/// The space between a number and its unit.
pub const NBSP: char = '\u{a0}';

/// A share in whole percent, never rounded to 100 % or 0 %.
#[must_use]
pub fn whole_percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return format!("0{NBSP}%");
    }
    let rounded = (u128::from(part) * 200 + u128::from(whole)) / (u128::from(whole) * 2);
    match rounded {
        0 if part > 0 => format!("under 1{NBSP}%"),
        100 if part < whole => format!("over 99{NBSP}%"),
        _ => format!("{rounded}{NBSP}%"),
    }
}

/// A share from 0 to 1, in the form of [`whole_percent`].
#[must_use]
pub fn whole_share(of_one: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share")]
    let parts = (of_one.clamp(0.0, 1.0) * 1e9) as u64;
    // At least one part, so that the smallest share is not written as 0 %.
    whole_percent(if of_one > 0.0 { parts.max(1) } else { 0 }, 1_000_000_000)
}

/// How often something occurs: `occurs 12 times`.
#[must_use]
pub fn occurs(count: u32) -> String {
    match count {
        0 => "does not occur".into(),
        1 => "occurs once".into(),
        count => format!("occurs {} times", thousands(count.into())),
    }
}

/// Minutes, seconds and tenths, cut and not rounded: `0:03.2`; with hours from one hour on.
#[must_use]
pub fn position(secs: f64) -> String {
    // Times are sums of frame durations, with rounding errors: three times 0.1 may be slightly less than 0.3.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, never negative")]
    let tenths = (secs.max(0.0) * 10.0 + 1e-6) as u64;
    let (minutes, rest) = (tenths / 600, tenths % 600);
    let (whole, tenth) = (rest / 10, rest % 10);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}:{whole:02}.{tenth}"),
        (hours, minutes) => format!("{hours}:{minutes:02}:{whole:02}.{tenth}"),
    }
}

/// A speed: `0.5×`.
#[must_use]
pub fn speed(speed: f64) -> String {
    format!("{speed}×")
}

/// The magnification of a picture: `4×`, `1.3×`; `1:1` if a pixel of the frame is a pixel of the screen.
#[must_use]
pub fn magnification(px: f32) -> String {
    if (px - 1.0).abs() < 0.005 {
        return "1:1".into();
    }
    let text = if px < 10.0 { format!("{px:.1}") } else { format!("{px:.0}") };
    format!("{}×", text.trim_end_matches(".0"))
}

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

/// A share from 0 to 1 in percent with one digit after the point, never rounded to 0 % or 100 %.
#[must_use]
pub fn percent(share: f64) -> String {
    match share {
        share if share > 0.0 && share < 0.0005 => "< 0.1 %".into(),
        share if (0.9995..1.0).contains(&share) => "> 99.9 %".into(),
        share => format!("{:.1} %", share * 100.0),
    }
}

/// A duration: `0.500 s`, and from a minute on `1:02:03.500`.
#[must_use]
pub fn time(secs: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a duration in milliseconds")]
    let millis = (secs * 1000.0).round() as u64;
    clock(millis, 3)
}

/// A duration in units of 10^−`digits` seconds, written with `digits` digits after the point.
#[must_use]
pub fn clock(units: u64, digits: u32) -> String {
    let units_per_sec = 10u64.pow(digits);
    let (all_secs, rest, width) = (units / units_per_sec, units % units_per_sec, digits as usize);
    let (hours, minutes, secs) = (all_secs / 3600, all_secs / 60 % 60, all_secs % 60);
    match (hours, minutes) {
        (0, 0) => format!("{secs}.{rest:0width$} s"),
        (0, minutes) => format!("{minutes}:{secs:02}.{rest:0width$}"),
        (hours, minutes) => format!("{hours}:{minutes:02}:{secs:02}.{rest:0width$}"),
    }
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

/// A logarithm, which may be far below zero: `0`, `-27.4`, `-3.5e9`.
#[must_use]
pub fn logarithm(value: f64) -> String {
    if value.abs() >= 1e6 {
        format!("{value:.1e}")
    } else if value.abs() < 0.05 {
        "0".into()
    } else {
        format!("{value:.1}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_in_whole_percent_is_never_rounded_to_0_or_100() {
        let plain = |part, whole| whole_percent(part, whole).replace(NBSP, " ");
        assert_eq!(plain(1, 1000), "under 1 %");
        assert_eq!(plain(999, 1000), "over 99 %");
        assert_eq!(plain(1000, 1000), "100 %");
        assert_eq!(plain(0, 1000), "0 %");
        assert_eq!(plain(0, 0), "0 %");
        assert_eq!(plain(u64::MAX - 1, u64::MAX), "over 99 %");
    }

    #[test]
    fn counts_are_grouped_by_thousands() {
        let thousands = [0, 999, 1000, 209_734, 1_000_000].map(thousands);
        assert_eq!(thousands, ["0", "999", "1,000", "209,734", "1,000,000"]);
    }

    #[test]
    fn times_are_cut_to_tenths() {
        let times = [0.0, 3.2, 0.1 + 0.1 + 0.1, 12.0, 59.99, 75.0, 3671.5].map(position);
        assert_eq!(times, ["0:00.0", "0:03.2", "0:00.3", "0:12.0", "0:59.9", "1:15.0", "1:01:11.5"]);
    }

    #[test]
    fn magnifications_have_at_most_one_digit_after_the_point() {
        assert_eq!([0.5, 1.0, 1.26, 4.0, 16.4].map(magnification), ["0.5×", "1:1", "1.3×", "4×", "16×"]);
    }

    #[test]
    fn counts_times_rates_and_expectations_have_their_forms() {
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [0.5, 59.999, 59.9996, 60.0, 3723.25].map(time),
            ["0.500 s", "59.999 s", "1:00.000", "1:00.000", "1:02:03.250"]
        );
        assert_eq!([30.0, 29.97, 23.976_023_9, 0.0].map(rate), ["30", "29.97", "23.976", "0"]);
        assert_eq!([0.0, 0.25, 7.9e-28].map(tiny), ["0", "0.25", "7.9e-28"]);
    }

    #[test]
    fn a_share_in_percent_is_never_rounded_to_0_or_100() {
        assert_eq!(
            [0.0, 0.00001, 0.5, 0.99999, 1.0].map(percent),
            ["0.0 %", "< 0.1 %", "50.0 %", "> 99.9 %", "100.0 %"]
        );
    }

    #[test]
    fn logarithms_stay_short() {
        assert_eq!([0.0, -27.404, -3.497e9].map(logarithm), ["0", "-27.4", "-3.5e9"]);
    }
}
