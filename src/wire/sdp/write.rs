//! Writes a description.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use super::Session;

/// A whole description with lines that end as RFC 8866 says. It holds the keys of `a=crypto`.
impl fmt::Display for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n")?;
        for media in &self.media {
            write!(f, "m={} {} {}", media.kind, media.port, media.profile)?;
            for format in &media.formats {
                write!(f, " {}", format.payload_type)?;
            }
            let address = media.address.unwrap_or(Ipv4Addr::LOCALHOST.into());
            let family = if matches!(address, IpAddr::V4(_)) { "IP4" } else { "IP6" };
            write!(f, "\r\nc=IN {family} {address}\r\n")?;
            for format in &media.formats {
                let kind = format.payload_type;
                if !format.encoding.is_empty() {
                    write!(f, "a=rtpmap:{kind} {}/{}", format.encoding, format.clock_rate)?;
                    if format.channels > 1 {
                        write!(f, "/{}", format.channels)?;
                    }
                    write!(f, "\r\n")?;
                }
                if let Some(parameters) = &format.parameters {
                    write!(f, "a=fmtp:{kind} {parameters}\r\n")?;
                }
            }
            if let Some(crypto) = &media.crypto {
                write!(f, "a=crypto:{crypto}\r\n")?;
            }
        }
        Ok(())
    }
}
