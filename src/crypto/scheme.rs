//! Schemes by name: mode of operation, key size and habit of choosing nonces.

use std::fmt;
use std::str::FromStr;

use super::{KeyError, KeyMaterial, MODES, MessageCipher, Mode, own};
use crate::text::suggest;

/// A misuse: a way of choosing keys or nonces other than a fresh nonce for every frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Habit {
    /// `+key-per-frame`: ECB with a key derived for each frame.
    KeyPerFrame,
    /// `+fixed-iv`: the initialization vector of frame 0 for every frame.
    FixedIv,
    /// `+reused-nonce`: the nonce of frame 0 for every frame.
    ReusedNonce,
    /// `+fixed-tweak`: the tweaks of frame 0 for every frame.
    FixedTweak,
}

impl Habit {
    /// The name after the plus sign.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::KeyPerFrame => "key-per-frame",
            Self::FixedIv => "fixed-iv",
            Self::ReusedNonce => "reused-nonce",
            Self::FixedTweak => "fixed-tweak",
        }
    }

    /// The name in prose.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::KeyPerFrame => "key per frame",
            Self::FixedIv => "fixed IV",
            Self::ReusedNonce => "reused nonce",
            Self::FixedTweak => "fixed tweak",
        }
    }
}

/// Mode of operation, key size and habit, such as `aes-128-ctr+reused-nonce`.
#[derive(Clone, Copy)]
pub struct Scheme {
    mode: &'static Mode,
    name: &'static str,
    key_bytes: usize,
    habit: Option<Habit>,
}

impl Scheme {
    /// The ciphertext of a file that is encrypted already. [`all`](Self::all) does not include it.
    pub const OWN: Self = Self { mode: &own::MODE, name: own::NAME, key_bytes: 0, habit: None };

    /// True for [`OWN`](Self::OWN).
    #[must_use]
    pub fn is_own(self) -> bool {
        self == Self::OWN
    }

    /// Every scheme that encrypts, each with and without its habit.
    pub fn all() -> impl Iterator<Item = Self> {
        MODES.iter().flat_map(|mode| {
            mode.schemes.iter().flat_map(|&(name, key_bytes)| {
                [None, Some(mode.habit)].map(|habit| Self { mode, name, key_bytes, habit })
            })
        })
    }

    /// The name without the habit, such as `aes-128-ctr`.
    #[must_use]
    pub const fn base_name(self) -> &'static str {
        self.name
    }

    /// The habit, if there is one.
    #[must_use]
    pub const fn habit(self) -> Option<Habit> {
        self.habit
    }

    /// Its mode of operation.
    pub(super) const fn mode(self) -> &'static Mode {
        self.mode
    }

    /// The name of the mode in prose: `CTR`.
    #[must_use]
    pub const fn mode_title(self) -> &'static str {
        self.mode.title
    }

    /// The name without the habit in prose: `AES-128-CTR`.
    #[must_use]
    pub fn base_title(self) -> String {
        if self.is_own() {
            return "Own encryption".into();
        }
        match self.name.rsplit_once(&*self.mode.title.to_lowercase()) {
            Some((cipher, _)) => cipher.to_uppercase() + self.mode.title,
            None => self.name.to_uppercase(),
        }
    }

    /// The name in prose: `AES-128-CTR, reused nonce`.
    #[must_use]
    pub fn title(self) -> String {
        match self.habit {
            None => self.base_title(),
            Some(habit) => format!("{}, {}", self.base_title(), habit.title()),
        }
    }

    /// The cipher alone: `AES-128`, `ChaCha20`.
    pub(super) fn cipher_title(self) -> String {
        let title = self.base_title();
        title
            .strip_suffix(self.mode.title)
            .and_then(|cipher| cipher.strip_suffix('-'))
            .map_or_else(|| title.split('-').next().unwrap_or_default().to_owned(), str::to_owned)
    }

    /// True if the mode has no scheme with a shorter key.
    #[must_use]
    pub fn is_shortest(self) -> bool {
        self.mode.schemes.first().is_some_and(|&(name, _)| name == self.name)
    }

    /// True if two whole blocks of ciphertext, of the same frame or of different frames, are equal exactly if the
    /// blocks of the original are. Block equality then reveals the same of both.
    #[must_use]
    pub const fn is_codebook(self) -> bool {
        self.mode.codebook && self.habit.is_none()
    }

    /// A line for menus and help on the mode, or on the mode with its habit.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self.habit {
            None => self.mode.about,
            Some(_) => self.mode.about_habit,
        }
    }

    /// Sets up the cipher with the leading bytes of `key`.
    ///
    /// # Errors
    /// [`KeyError::TooShort`] names the length needed; [`KeyError::SameTwice`] refuses equal keys of XTS.
    pub fn cipher(self, key: &KeyMaterial) -> Result<Box<dyn MessageCipher>, KeyError> {
        Ok((self.mode.cipher)(self.key(key)?, self.habit.is_some()))
    }

    /// The key that this scheme uses, in hex.
    ///
    /// # Errors
    /// [`KeyError::TooShort`] names the length needed; [`KeyError::SameTwice`] refuses equal keys of XTS.
    pub fn key_hex(self, key: &KeyMaterial) -> Result<String, KeyError> {
        self.key(key).map(hex::encode)
    }

    /// The key that this scheme uses.
    pub(super) fn key(self, material: &KeyMaterial) -> Result<&[u8], KeyError> {
        if self.key_bytes == 0 {
            return Ok(&[]);
        }
        let key = material.leading(self.name, self.key_bytes)?;
        let mut keys = key.chunks(self.key_bytes / self.mode.keys);
        match (keys.next(), keys.next()) {
            (one, Some(other)) if one == Some(other) => Err(KeyError::SameTwice { scheme: self.name }),
            _ => Ok(key),
        }
    }
}

impl PartialEq for Scheme {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.habit == other.habit
    }
}

impl Eq for Scheme {}

impl std::hash::Hash for Scheme {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.name, self.habit).hash(state);
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.habit {
            None => f.write_str(self.name),
            Some(habit) => write!(f, "{}+{}", self.name, habit.name()),
        }
    }
}

impl fmt::Debug for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scheme({self})")
    }
}

impl FromStr for Scheme {
    type Err = UnknownScheme;

    fn from_str(text: &str) -> Result<Self, UnknownScheme> {
        let mut known = Self::all().chain([Self::OWN]);
        known.find(|scheme| scheme.to_string() == text).ok_or_else(|| UnknownScheme::new(text))
    }
}

/// A name of no scheme.
#[derive(Debug, thiserror::Error)]
#[error("there is no scheme {given:?}{meant}; {hint}")]
pub struct UnknownScheme {
    given: String,
    meant: String,
    hint: String,
}

impl UnknownScheme {
    fn new(given: &str) -> Self {
        let base = given.split('+').next().unwrap_or_default();
        let names = |habits: bool| {
            let names = Scheme::all().filter(|scheme| scheme.habit.is_some() == habits);
            names.map(|scheme| scheme.to_string()).collect::<Vec<_>>()
        };
        let hint = match names(true).into_iter().find(|name| name.split('+').next() == Some(base)) {
            Some(with_habit) if given.contains('+') => format!("{base} is used as {base} or {with_habit}"),
            _ => format!("choose one of {}", names(false).join(", ")),
        };
        let all = [names(false), names(true)].concat();
        let meant = suggest::hint(given, all.iter().map(String::as_str));
        Self { given: given.into(), meant, hint }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_scheme_is_parsed_from_its_unique_name() {
        let names: HashSet<_> = Scheme::all().map(|scheme| scheme.to_string()).collect();
        assert_eq!(names.len(), Scheme::all().count());
        for scheme in Scheme::all() {
            assert_eq!(scheme.to_string().parse::<Scheme>().expect("its own name"), scheme);
        }
    }

    #[test]
    fn titles_name_cipher_mode_and_misuse() {
        for (name, title, cipher) in [
            ("aes-128-ecb", "AES-128-ECB", "AES-128"),
            ("aes-256-gcm-siv+reused-nonce", "AES-256-GCM-SIV, reused nonce", "AES-256"),
            ("aes-192-cbc+fixed-iv", "AES-192-CBC, fixed IV", "AES-192"),
            ("chacha20-poly1305", "ChaCha20-Poly1305", "ChaCha20"),
        ] {
            let scheme: Scheme = name.parse().expect("a scheme");
            assert_eq!((&*scheme.title(), &*scheme.cipher_title()), (title, cipher));
        }
        for scheme in Scheme::all() {
            assert_eq!(scheme.base_title().to_lowercase(), scheme.base_name());
        }
    }

    #[test]
    fn the_error_of_a_wrong_habit_suggests_the_right_one() {
        let error = "aes-128-ecb+reused-nonce".parse::<Scheme>().expect_err("ECB has no nonce").to_string();
        assert!(error.contains("aes-128-ecb+key-per-frame"), "{error}");
        for (given, meant) in
            [("AES-128-ECB", "aes-128-ecb"), ("ctr", "aes-128-ctr"), ("aes-128-ebc", "aes-128-ecb")]
        {
            let error = given.parse::<Scheme>().expect_err("no such name").to_string();
            assert!(error.contains(&format!("did you mean {meant}?")), "{error}");
        }
        let error = "aes-512-ecb".parse::<Scheme>().expect_err("no such key size").to_string();
        assert!(error.contains("aes-256-ecb"), "{error}");
    }
}
