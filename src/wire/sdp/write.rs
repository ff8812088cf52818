//! Writes a description.

use std::fmt::{self, Write};
use std::net::{IpAddr, Ipv4Addr};

use super::{Format, Media, Session};

/// A whole description with lines that end as RFC 8866 says. It holds the keys of `a=crypto`.
impl fmt::Display for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=")?;
        let mut name = self.name.chars().filter(|letter| !letter.is_control()).peekable();
        if name.peek().is_none() {
            f.write_char('-')?;
        }
        name.try_for_each(|letter| f.write_char(letter))?;
        f.write_str("\r\nt=0 0\r\n")?;
        self.media.iter().try_for_each(|media| write!(f, "{media}"))
    }
}

/// The lines of one medium.
impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={} {} {}", self.kind, self.port, self.profile)?;
        for format in &self.formats {
            write!(f, " {}", format.payload_type)?;
        }
        let address = self.address.unwrap_or(Ipv4Addr::LOCALHOST.into());
        let family = if matches!(address, IpAddr::V4(_)) { "IP4" } else { "IP6" };
        write!(f, "\r\nc=IN {family} {address}\r\n")?;
        self.formats.iter().try_for_each(|format| write!(f, "{format}"))?;
        for source in &self.sources {
            write!(f, "a=ssrc:{}", source.ssrc)?;
            if let Some(name) = &source.cname {
                write!(f, " cname:{name}")?;
            }
            f.write_str("\r\n")?;
        }
        if let Some(crypto) = &self.crypto {
            write!(f, "a=crypto:{crypto}\r\n")?;
        }
        Ok(())
    }
}

/// The attributes of a format.
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let payload_type = self.payload_type;
        if !self.encoding.is_empty() {
            write!(f, "a=rtpmap:{payload_type} {}\r\n", self.map())?;
        }
        if let Some(parameters) = &self.parameters {
            write!(f, "a=fmtp:{payload_type} {parameters}\r\n")?;
        }
        Ok(())
    }
}
