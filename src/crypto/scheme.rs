//! Schemes: mode of operation + key size + how nonces are chosen, by name.

use std::fmt;
use std::str::FromStr;

use super::{FrameCipher, KeyError, KeyMaterial, MODES, Mode, ModeKind, XtsTrace, xts};
use crate::text::suggest;

/// A way of choosing keys and nonces other than a fresh nonce for every frame.
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
    /// Every scheme, each with and without its habit.
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

    /// The habit, where one is on.
    #[must_use]
    pub const fn habit(self) -> Option<Habit> {
        self.habit
    }

    /// Its mode of operation.
    #[must_use]
    pub const fn mode_kind(self) -> ModeKind {
        self.mode.kind
    }

    /// What happens to a block of a message under XTS, whose first data unit has the tweak `first_tweak`; `None` for
    /// other modes, a key that is too short, or a message without such a block.
    #[must_use]
    pub fn xts_trace(
        self,
        key: &KeyMaterial,
        first_tweak: u128,
        plaintext: &[u8],
        block: usize,
    ) -> Option<XtsTrace> {
        if self.mode.kind != ModeKind::Xts {
            return None;
        }
        xts::trace(self.key(key).ok()?, first_tweak, plaintext, block)
    }

    /// True where the mode takes no shorter key.
    #[must_use]
    pub fn is_shortest(self) -> bool {
        self.mode.schemes.first().is_some_and(|&(name, _)| name == self.name)
    }

    /// True where two whole blocks of ciphertext, of whichever frames, are equal exactly where those of the
    /// original are: what block equality tells of the one it tells of the other.
    #[must_use]
    pub const fn is_codebook(self) -> bool {
        self.mode.codebook && self.habit.is_none()
    }

    /// A line that says what the mode is, or what the habit makes of it.
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
    pub fn cipher(self, key: &KeyMaterial) -> Result<Box<dyn FrameCipher>, KeyError> {
        Ok((self.mode.cipher)(self.key(key)?, self.habit.is_some()))
    }

    /// The key that this scheme takes from the material, in hex.
    ///
    /// # Errors
    /// [`KeyError::TooShort`] names the length needed; [`KeyError::SameTwice`] refuses equal keys of XTS.
    pub fn key_hex(self, key: &KeyMaterial) -> Result<String, KeyError> {
        self.key(key).map(hex::encode)
    }

    /// The key that this scheme takes from the material.
    fn key(self, material: &KeyMaterial) -> Result<&[u8], KeyError> {
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
        Self::all().find(|scheme| scheme.to_string() == text).ok_or_else(|| UnknownScheme::new(text))
    }
}

/// A scheme that nobody knows.
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
    fn every_scheme_reads_back_by_a_name_of_its_own() {
        let names: HashSet<_> = Scheme::all().map(|scheme| scheme.to_string()).collect();
        assert_eq!(names.len(), Scheme::all().count());
        for scheme in Scheme::all() {
            assert_eq!(scheme.to_string().parse::<Scheme>().expect("its own name"), scheme);
        }
    }

    #[test]
    fn every_mode_is_of_a_kind_of_its_own() {
        let kinds: HashSet<_> = MODES.iter().map(|mode| mode.kind).collect();
        assert_eq!(kinds.len(), MODES.len());
    }

    #[test]
    fn a_wrong_habit_is_answered_with_the_right_one() {
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
