//! Which of the key servers makes the keys of a meeting.

use std::fmt;
use std::num::NonZeroU8;
use std::str::FromStr;

/// How many servers a scan found that apparently run the same software: Marczak and Scott-Railton, *Move Fast and Roll
/// Your Own Crypto*, Citizen Lab, 3 April 2020.
const SERVERS: u8 = 73;

/// How many of them were in China; the others were in the United States.
const IN_CHINA: u8 = 5;

/// A key server, by its number from 1 to 73. The last five are those in China. Which one makes a meeting's keys was not
/// published: it is modelled, and changes no packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyServer(NonZeroU8);

/// A number that is none of a key server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key server is a number from 1 to {SERVERS}; the last {IN_CHINA} are those in China")]
pub struct NoKeyServer;

impl KeyServer {
    /// The first and the last number.
    pub const NUMBERS: [u8; 2] = [1, SERVERS];

    /// The server of this number.
    ///
    /// # Errors
    /// [`NoKeyServer`] unless the number is one from 1 to 73.
    pub fn new(number: u8) -> Result<Self, NoKeyServer> {
        NonZeroU8::new(number).filter(|number| number.get() <= SERVERS).map(Self).ok_or(NoKeyServer)
    }

    /// Its number, from 1 to 73.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0.get()
    }

    /// The country that it is in.
    #[must_use]
    pub const fn country(self) -> &'static str {
        if self.number() > SERVERS - IN_CHINA { "China" } else { "United States" }
    }
}

/// One of the five in China, as in the test of the report between the United States and Canada.
impl Default for KeyServer {
    fn default() -> Self {
        const { Self(NonZeroU8::new(SERVERS).expect("more than none")) }
    }
}

impl fmt::Display for KeyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for KeyServer {
    type Err = NoKeyServer;

    fn from_str(text: &str) -> Result<Self, NoKeyServer> {
        Self::new(text.parse().map_err(|_| NoKeyServer)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_of_seventy_three_are_in_china() {
        let servers: Vec<KeyServer> =
            (1..=73).map(|number| KeyServer::new(number).expect("it is one")).collect();
        assert_eq!(servers.iter().filter(|server| server.country() == "China").count(), 5);
        assert_eq!(KeyServer::default().country(), "China");
        assert!(["0", "74", "-1", "x", ""].iter().all(|text| text.parse::<KeyServer>().is_err()));
        assert_eq!("68".parse::<KeyServer>().map(KeyServer::country), Ok("United States"));
    }
}
