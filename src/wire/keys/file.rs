//! Reads a keys file.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};
use toml::Spanned;
use zeroize::Zeroizing;

use super::{KeyEntry, KeysError, KeysFile, MOST_BYTES, Method};
use crate::wire::protection::Key;
use crate::wire::sdp::Format;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    #[serde(default)]
    key: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    protection: Text<Method>,
    ssrc: Option<Number>,
    source: Option<Text<SocketAddr>>,
    destination: Option<Text<SocketAddr>>,
    key: HexBytes,
    salt: Option<HexBytes>,
    #[serde(default)]
    roc: u32,
    kid: Option<u64>,
    codec: Option<Codec>,
    fmtp: Option<String>,
}

/// A codec as `a=rtpmap` writes it, such as `H264/90000`.
struct Codec(Format);

impl<'de> Deserialize<'de> for Codec {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let format = Format::of_map(0, &String::deserialize(from)?);
        let wrong = || {
            de::Error::custom("a codec is ENCODING/CLOCK-RATE, such as \"H264/90000\" or \"opus/48000/2\"")
        };
        format.map(Self).ok_or_else(wrong)
    }
}

/// A value that is written as text.
struct Text<T>(T);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map(Self).map_err(de::Error::custom)
    }
}

/// A number, or its digits as text: decimal, or hexadecimal after `0x`.
struct Number(u32);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Number(u32),
            Text(String),
        }
        let wrong = || de::Error::custom("an SSRC is a number of 32 bits, such as 40000 or \"0x9c40\"");
        match Either::deserialize(from).map_err(|_| wrong())? {
            Either::Number(number) => Ok(Self(number)),
            Either::Text(text) => {
                let hex = text.strip_prefix("0x").map(|digits| u32::from_str_radix(digits, 16));
                hex.unwrap_or_else(|| text.parse()).map(Self).map_err(|_| wrong())
            }
        }
    }
}

/// Bytes in hex digits. The message of an error never holds them.
struct HexBytes(Zeroizing<Vec<u8>>);

impl<'de> Deserialize<'de> for HexBytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(from)?);
        let wrong = |_| de::Error::custom("keys and salts are written in hex digits, two for each byte");
        hex::decode(text.as_bytes()).map(Zeroizing::new).map(Self).map_err(wrong)
    }
}

impl FromStr for KeysFile {
    type Err = KeysError;

    fn from_str(text: &str) -> Result<Self, KeysError> {
        if text.len() > MOST_BYTES {
            return Err(KeysError::TooLong(text.len()));
        }
        let line_at = |at: usize| text.bytes().take(at).filter(|&byte| byte == b'\n').count() + 1;
        let keys: Keys = toml::from_str(text).map_err(|error| {
            let line = line_at(error.span().map_or(0, |span| span.start));
            KeysError::Line { line, what: error.message().to_owned() }
        })?;
        let entry = |entry: Spanned<Entry>| {
            let line = line_at(entry.span().start);
            let Entry { protection, ssrc, source, destination, key, salt, roc, kid, codec, fmtp } =
                entry.into_inner();
            let salt = salt.map(|salt| salt.0).unwrap_or_default();
            let joined = Zeroizing::new([&key.0[..], &salt].concat());
            KeyEntry {
                line,
                method: protection.0,
                ssrc: ssrc.map(|ssrc| ssrc.0),
                source: source.map(|source| source.0),
                destination: destination.map(|destination| destination.0),
                key: Key::new(&joined),
                first_roc: roc,
                key_id: kid.unwrap_or_default(),
                format: codec.map(|Codec(format)| Format { parameters: fmtp, ..format }),
            }
        };
        Ok(Self { entries: keys.key.into_iter().map(entry).collect() })
    }
}
