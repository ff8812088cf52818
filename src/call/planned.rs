//! A call as text, such as `call:media=raw,protection=srtp`: all that it is made of, apart from the key material.

use std::fmt::{self, Write};
use std::str::FromStr;

use super::error::CallError;
use super::key_server::KeyServer;
use super::party::{Party, PartyError};
use super::settings::{CallSettings, EcbKeySize, Leaving, WaitingRoom};
use crate::media::rtp::CallMedia;
use crate::text::suggest;
use crate::wire::protection::Protection;

/// The word that a text begins with.
pub const WORD: &str = "call";

/// The names of fields, in the order in which they are written. Parties follow.
const FIELDS: [&str; 8] =
    ["media", "protection", "key-size", "waiting-room", "key-server", "leaves", "renew", "seconds"];

/// What comes before the name of a party.
const PARTY: &str = "party.";

/// A call under one protection with one kind of media.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedCall {
    /// What it is made of.
    pub settings: CallSettings,
    /// The codecs.
    pub media: CallMedia,
    /// The protection.
    pub protection: Protection,
}

/// A text that is no call.
#[derive(Debug, thiserror::Error)]
pub enum NoCall {
    /// Not `call`, and not `call:` with fields.
    #[error("a call is written call, or call:FIELD=VALUE with commas between fields, not {0:?}")]
    Form(String),
    /// An unknown field.
    #[error(
        "a call has no field {name:?}{}; its fields are {}, party.NAME",
        suggest::hint(name, FIELDS), FIELDS.join(", ")
    )]
    Field {
        /// The name.
        name: String,
    },
    /// A field that is stated twice.
    #[error("the field {0} of a call is there twice; leave one out")]
    Twice(String),
    /// A value that the field does not have.
    #[error("the field {field} of a call has {values}, not {given:?}")]
    Value {
        /// The field.
        field: &'static str,
        /// What it may be.
        values: String,
        /// What was given.
        given: String,
    },
    /// A party that is none.
    #[error(transparent)]
    Party(#[from] PartyError),
    /// Settings that make no call.
    #[error(transparent)]
    Call(#[from] CallError),
}

impl Default for PlannedCall {
    fn default() -> Self {
        Self { settings: CallSettings::default(), media: CallMedia::H264, protection: Protection::OneKeyEcb }
    }
}

/// True for a text that names a call, and no file.
#[must_use]
pub fn is_call(text: &str) -> bool {
    text.strip_prefix(WORD).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

impl FromStr for PlannedCall {
    type Err = NoCall;

    fn from_str(text: &str) -> Result<Self, NoCall> {
        let form = || NoCall::Form(text.chars().take(64).collect());
        let rest = text.strip_prefix(WORD).ok_or_else(form)?;
        let mut call = Self::default();
        if rest.is_empty() {
            return Ok(call);
        }
        let mut parties = Vec::new();
        let mut leaves = None;
        let mut seen: Vec<&str> = Vec::new();
        for field in rest.strip_prefix(':').ok_or_else(form)?.split(',') {
            let (name, value) = field.split_once('=').unwrap_or((field, ""));
            if seen.contains(&name) {
                return Err(NoCall::Twice(name.to_owned()));
            }
            seen.push(name);
            match name.strip_prefix(PARTY) {
                Some(party) => {
                    let source = unescaped(value).parse().map_err(PartyError::Source)?;
                    parties.push(Party::new(party, source)?);
                }
                // Parties may follow.
                None if name == "leaves" => leaves = Some(value),
                None => call.set(name, value)?,
            }
        }
        if !parties.is_empty() {
            call.settings.parties = parties;
        }
        call.settings.leaving = leaves.map(|text| Leaving::of(text, &call.settings.parties)).transpose()?;
        call.settings.check()?;
        Ok(call)
    }
}

impl PlannedCall {
    /// True if the first party's frames are those of another call.
    #[must_use]
    pub fn encodes_as(&self, other: &Self) -> bool {
        let lasts = |call: &Self| call.settings.duration_secs.to_bits();
        self.media == other.media
            && lasts(self) == lasts(other)
            && self.settings.parties == other.settings.parties
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), NoCall> {
        let Some(field) = FIELDS.into_iter().find(|field| *field == name) else {
            return Err(NoCall::Field { name: name.chars().take(64).collect() });
        };
        let wrong = |values: String| {
            let given = value.chars().take(64).collect();
            NoCall::Value { field, values, given }
        };
        let settings = &mut self.settings;
        match field {
            "media" => {
                let names = || CallMedia::ALL.map(CallMedia::name).join(", ");
                let found = CallMedia::ALL.into_iter().find(|media| media.name() == value);
                self.media = found.ok_or_else(|| wrong(names()))?;
            }
            "protection" => {
                let names = || Protection::ALL.map(Protection::name).join(", ");
                self.protection = value.parse().map_err(|_| wrong(names()))?;
            }
            "key-size" => {
                let sizes = [EcbKeySize::Bits128, EcbKeySize::Bits256];
                let found = sizes.into_iter().find(|size| (size.bytes() * 8).to_string() == value);
                settings.ecb_key_size = found.ok_or_else(|| wrong("128, 256".into()))?;
            }
            "waiting-room" => {
                settings.waiting_room = match value {
                    "faulty" => WaitingRoom::Faulty,
                    "fixed" => WaitingRoom::Fixed,
                    _ => return Err(wrong("faulty, fixed".into())),
                };
            }
            "key-server" => {
                settings.key_server = value.parse().map_err(|_| {
                    let [first, last] = KeyServer::NUMBERS;
                    wrong(format!("a number from {first} to {last}"))
                })?;
            }
            "renew" => {
                if !value.is_empty() {
                    return Err(wrong("no value".into()));
                }
                settings.is_renewed = true;
            }
            _ => settings.duration_secs = value.parse().map_err(|_| wrong("a number of seconds".into()))?,
        }
        Ok(())
    }
}

/// `call`, and what differs from a call of which nothing is said.
impl fmt::Display for PlannedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (usual, settings) = (Self::default(), &self.settings);
        let mut fields = Vec::new();
        if self.media != usual.media {
            fields.push(format!("media={}", self.media));
        }
        if self.protection != usual.protection {
            fields.push(format!("protection={}", self.protection));
        }
        if settings.ecb_key_size != usual.settings.ecb_key_size {
            fields.push(format!("key-size={}", settings.ecb_key_size.bytes() * 8));
        }
        if settings.waiting_room == WaitingRoom::Fixed {
            fields.push("waiting-room=fixed".into());
        }
        if settings.key_server != usual.settings.key_server {
            fields.push(format!("key-server={}", settings.key_server));
        }
        if let Some(leaving) = settings.leaving {
            let at = leaving.at_secs.map(|secs| format!("@{secs}")).unwrap_or_default();
            fields.push(format!("leaves={}{at}", settings.name(leaving.party)));
        }
        if settings.is_renewed {
            fields.push("renew".into());
        }
        if settings.duration_secs.to_bits() != usual.settings.duration_secs.to_bits() {
            fields.push(format!("seconds={}", settings.duration_secs));
        }
        if settings.parties != usual.settings.parties {
            let party =
                |party: &Party| format!("{PARTY}{}={}", party.name, escaped(&party.source.to_string()));
            fields.extend(settings.parties.iter().map(party));
        }
        f.write_str(WORD)?;
        for (at, field) in fields.iter().enumerate() {
            f.write_char(if at == 0 { ':' } else { ',' })?;
            f.write_str(field)?;
        }
        Ok(())
    }
}

/// A text without commas.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace(',', "%2C")
}

fn unescaped(text: &str) -> String {
    text.replace("%2C", ",").replace("%2c", ",").replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_written_as_it_is_read() {
        for text in [
            "call",
            "call:media=raw",
            "call:media=mjpeg,protection=sframe,key-size=256,waiting-room=fixed,renew,seconds=2.5",
            "call:party.ada=demo,party.bo=pattern:bars@64x48",
            "call:key-server=12,leaves=bob@2.5,renew",
            "call:leaves=cy,party.ada=demo,party.bo=demo,party.cy=demo,party.di=demo",
            "call:party.ada=a%2Cb%252C.mp4,party.bo=demo:still",
        ] {
            let call: PlannedCall = text.parse().expect(text);
            assert_eq!(call.to_string(), text);
        }
        let call: PlannedCall = "call:party.ada=a%2Cb%252C.mp4,party.bo=demo".parse().expect("a call");
        assert_eq!(call.settings.parties[0].source.to_string(), "a,b%2C.mp4");
        let usual: PlannedCall = "call:media=h264,key-size=128,seconds=10".parse().expect("a call");
        assert_eq!(usual.to_string(), "call", "the default is left out");
        assert!(is_call("call") && is_call("call:x") && !is_call("call.mp4") && !is_call("calls"));
    }

    #[test]
    fn errors_say_what_a_field_may_be() {
        for (text, said) in [
            ("call:", "fields are media"),
            ("call:medium=raw", "did you mean media?"),
            ("call:media=vp8", "h264, raw, mjpeg"),
            ("call:protection=none", "sframe"),
            ("call:key-size=192", "128, 256"),
            ("call:waiting-room=open", "faulty, fixed"),
            ("call:renew=yes", "no value"),
            ("call:seconds=ten", "a number of seconds"),
            ("call:seconds=0", "seconds"),
            ("call:key-server=74", "from 1 to 73"),
            ("call:leaves=alice", "any party but alice"),
            ("call:leaves=bob@10", "before the call ends after 10 s"),
            ("call:leaves=bob@x", "a number of seconds"),
            ("call:leaves=zoe", "no party zoe"),
            ("call:media=raw,media=raw", "twice"),
            ("call:party.ada=demo", "from 2 to"),
            ("call:party.a/b=demo,party.c=demo", "letters"),
            ("call:party.ada=,party.c=demo", "source"),
            ("meeting", "call:FIELD=VALUE"),
        ] {
            let error = text.parse::<PlannedCall>().expect_err(text).to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
