//! Suggests a name for a misspelt one.
//!
//! It tries, in this order: the name in other case or with other separators (`AES_128_ECB`), some parts of a name
//! (`ecb`, `aes-cbc`), the beginning of a name (`repeat`), and the name with the smallest edit distance
//! (`aes-128-ebc`).

use strsim::damerau_levenshtein;

/// At most one letter in this many may be wrong.
const LETTERS_PER_ERROR: usize = 3;

/// The shortest text that can match the beginning or a part of a name.
const SHORTEST_PART: usize = 3;

/// The name closest to `given`, if one is close; the first of several that are equally close.
pub fn closest<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (wanted, parts) = (letters(given), parts(given));
    if wanted.is_empty() {
        return None;
    }
    let names: Vec<(&str, String)> = names.into_iter().map(|name| (name, letters(name))).collect();
    let same = || names.iter().find(|(_, letters)| *letters == wanted);
    let is_long = wanted.len() >= SHORTEST_PART;
    let with_parts = || {
        let matching = names.iter().filter(|(name, _)| is_long && has_parts(name, &parts));
        matching.min_by_key(|(_, letters)| letters.len())
    };
    let with_beginning = || {
        let matching = names.iter().filter(|(_, letters)| is_long && letters.starts_with(&wanted));
        matching.min_by_key(|(_, letters)| letters.len())
    };
    let near = || {
        let most = wanted.len().div_ceil(LETTERS_PER_ERROR).min(3);
        let distances = names.iter().map(|name| (damerau_levenshtein(&name.1, &wanted), name));
        let near =
            distances.filter(|(distance, name)| *distance <= most && *distance < name.1.chars().count());
        near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
    };
    same().or_else(with_parts).or_else(with_beginning).or_else(near).map(|(name, _)| *name)
}

/// The suggestion that a message appends to a wrong name: ` (did you mean NAME?)`, or an empty string.
pub fn hint<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    closest(given, names).map(|name| format!(" (did you mean {name}?)")).unwrap_or_default()
}

/// The letters and digits of a name, in lower case.
fn letters(name: &str) -> String {
    name.chars().filter(|mark| mark.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The parts between separators, in lower case.
fn parts(name: &str) -> Vec<String> {
    let parts = name.split(|mark: char| !mark.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_lowercase).collect()
}

/// True if the name has all these parts, in this order.
fn has_parts(name: &str, parts: &[String]) -> bool {
    let all = self::parts(name);
    let mut rest = all.iter();
    parts.iter().all(|part| rest.any(|other| other == part))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 8] = [
        "aes-128-ecb",
        "aes-256-ecb",
        "aes-128-cbc",
        "aes-128-ctr",
        "aes-128-ctr+reused-nonce",
        "aes-128-gcm",
        "aes-128-gcm-siv",
        "chacha20-poly1305",
    ];

    #[test]
    fn other_case_separators_parts_beginnings_and_typos_give_the_name() {
        for (given, meant) in [
            ("AES-128-ECB", "aes-128-ecb"),
            ("aes128ecb", "aes-128-ecb"),
            ("aes_256/ecb", "aes-256-ecb"),
            ("AES-128-CTR+Reused-Nonce", "aes-128-ctr+reused-nonce"),
            ("ecb", "aes-128-ecb"),
            ("GCM", "aes-128-gcm"),
            ("siv", "aes-128-gcm-siv"),
            ("aes-cbc", "aes-128-cbc"),
            ("aes-256", "aes-256-ecb"),
            ("chacha", "chacha20-poly1305"),
            ("aes-128-ebc", "aes-128-ecb"),
            ("aes-128-ctl", "aes-128-ctr"),
        ] {
            assert_eq!(closest(given, NAMES), Some(meant), "{given}");
        }
    }

    #[test]
    fn text_far_from_every_name_gets_no_suggestion() {
        for given in ["", "-", "rot13", "e", "twofish", "des"] {
            assert_eq!(closest(given, NAMES), None, "{given}");
        }
        assert_eq!(closest("xyz", ["abc"]), None, "every letter differs");
    }

    #[test]
    fn a_hint_is_in_parentheses_or_empty() {
        assert_eq!(hint("grey8", ["rgba32", "gray8"]), " (did you mean gray8?)");
        assert_eq!(hint("cmyk", ["rgba32", "gray8"]), "");
    }
}
