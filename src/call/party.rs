//! The parties of a call.

use std::path::Path;
use std::str::FromStr;

use crate::media::{MediaError, Source};

/// The most parties: a capture holds every stream once for each of them.
pub const MOST_PARTIES: usize = 16;

/// The most characters of a name.
const MOST_NAME_CHARS: usize = 32;

/// Names of parties that have none.
const NAMES: [&str; MOST_PARTIES] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "kim", "leo", "mia",
    "nina", "olaf", "peggy",
];

/// Somebody who takes part in a call, and what the camera shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// ASCII letters, digits, `-` and `_`: it is a part of labels of keys and of names of files.
    pub name: String,
    /// Video and sound that the party sends.
    pub source: Source,
}

/// Parties that make no call.
#[derive(Debug, thiserror::Error)]
pub enum PartyError {
    /// No `=`.
    #[error("a party is NAME=SOURCE, such as alice=demo, not {0:?}")]
    Form(String),
    /// A name that cannot be a part of a file name.
    #[error("a party's name has 1 to 32 letters a to z, digits, - and _, not {0:?}")]
    Name(String),
    /// A source that does not exist.
    #[error(transparent)]
    Source(#[from] MediaError),
    /// Too few or too many.
    #[error("a call has from 2 to {MOST_PARTIES} parties, not {0}; repeat --party")]
    Count(usize),
    /// A name that no party has.
    #[error("there is no party {given}; there are {names}")]
    Unknown {
        /// The name.
        given: String,
        /// The names of all.
        names: String,
    },
    /// A time of leaving that is none.
    #[error("a party leaves after a number of seconds, such as bob@4, not {0:?}")]
    Time(String),
    /// Two parties with one name, whatever its case: files of one would replace those of the other.
    #[error("two parties are named {0:?}; give each its own name")]
    SameName(String),
}

impl Party {
    /// A party.
    ///
    /// # Errors
    /// [`PartyError::Name`].
    pub fn new(name: &str, source: Source) -> Result<Self, PartyError> {
        let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let fits = (1..=MOST_NAME_CHARS).contains(&name.len())
            && name.bytes().all(is_usual)
            && !name.starts_with('-');
        if fits {
            Ok(Self { name: name.into(), source })
        } else {
            Err(PartyError::Name(name.chars().take(64).collect()))
        }
    }

    /// The three parties of a call for which none are given: the bundled video call, a film and a still.
    #[must_use]
    pub fn bundled() -> Vec<Self> {
        Self::named([Source::Demo, Source::DemoFilm, Source::DemoStill])
    }

    /// Three parties that all send the same source.
    #[must_use]
    pub fn three_with(source: &Source) -> Vec<Self> {
        Self::named([source.clone(), source.clone(), source.clone()])
    }

    fn named<const N: usize>(sources: [Source; N]) -> Vec<Self> {
        NAMES.iter().zip(sources).map(|(&name, source)| Self { name: name.into(), source }).collect()
    }

    /// Checks number and names of parties.
    pub(super) fn check(parties: &[Self]) -> Result<(), PartyError> {
        if !(2..=MOST_PARTIES).contains(&parties.len()) {
            return Err(PartyError::Count(parties.len()));
        }
        for (at, party) in parties.iter().enumerate() {
            let is_same = |other: &&Self| other.name.eq_ignore_ascii_case(&party.name);
            if parties[..at].iter().any(|other| is_same(&other)) {
                return Err(PartyError::SameName(party.name.clone()));
            }
        }
        Ok(())
    }

    /// The path of its source, if it is a file.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.source.path()
    }
}

impl FromStr for Party {
    type Err = PartyError;

    /// Reads `NAME=SOURCE`.
    fn from_str(text: &str) -> Result<Self, PartyError> {
        let form = || PartyError::Form(text.chars().take(64).collect());
        let (name, source) = text.split_once('=').ok_or_else(form)?;
        Self::new(name, source.parse()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_party_is_a_name_and_a_source() {
        let party: Party = "zoe=pattern:bars@64x48".parse().expect("a party");
        assert_eq!((party.name.as_str(), party.source.to_string().as_str()), ("zoe", "pattern:bars@64x48"));
        let equals: Party = "zoe=a=b.mp4".parse().expect("a party");
        assert_eq!(equals.source.to_string(), "a=b.mp4");
        for text in
            ["demo", "=demo", "a/b=demo", "-a=demo", "a b=demo", "zoe=", "zoe=https://example.org/a.mp4"]
        {
            assert!(text.parse::<Party>().is_err(), "{text}");
        }
    }

    #[test]
    fn two_parties_have_two_names() {
        assert!(Party::check(&Party::bundled()).is_ok());
        assert!(Party::check(&Party::bundled()[..1]).is_err());
        let mut parties = Party::bundled();
        parties[2].name = "Alice".into();
        assert!(matches!(Party::check(&parties), Err(PartyError::SameName(_))));
    }
}
