use proptest::prelude::*;

use super::*;
use crate::wire::srtp::Suite;

/// What FFmpeg writes for H.264 and Opus, with keys.
const TEXT: &str = "v=0\r
o=- 0 0 IN IP4 127.0.0.1\r
s=No Name\r
c=IN IP4 192.0.2.1/127\r
t=0 0\r
a=tool:libavformat LIBAVFORMAT_VERSION\r
m=video 40000/2 RTP/SAVP 96 26\r
b=AS:800\r
a=rtpmap:96 H264/90000\r
a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LAHtkDxWhAAAADAEAAAAwDxYuS,aMuMsg==; profile-level-id=42C01E\r
a=crypto:1 F8_128_HMAC_SHA1_80 inline:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e\r
a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e|2^20 UNENCRYPTED_SRTCP\r
m=audio 40001 RTP/AVP 97 0 97 300\r
c=IN IP6 2001:db8::1\r
a=rtpmap:97 opus/48000/2\r
a=rtpmap:98 other/8000\r
a=sendonly\r
a=ssrc:4026531841 cname:alice\r
a=ssrc:4026531841 msid:a b\r
a=ssrc:2\r
a=ssrc:4026531841 cname:alice\r
a=ssrc:4026531841 msid:a b\r
a=ssrc:2\r
m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r
";

#[test]
fn media_formats_and_keys_are_read() {
    let session: Session = TEXT.parse().expect("a description");
    let [video, audio, data] = &session.media[..] else { panic!("three media") };
    assert_eq!((&video.kind[..], video.port, &video.profile[..]), ("video", 40000, "RTP/SAVP"));
    assert_eq!(video.address, Some("192.0.2.1".parse().expect("an address")));
    let [h264, jpeg] = &video.formats[..] else { panic!("two formats") };
    assert_eq!(
        (h264.payload_type, &h264.encoding[..], h264.clock_rate, h264.channels),
        (96, "H264", 90000, 1)
    );
    assert!(h264.parameters.as_deref().is_some_and(|text| text.starts_with("packetization-mode=1; sprop")));
    assert_eq!((jpeg.payload_type, &jpeg.encoding[..]), (26, "JPEG"));
    let crypto = video.crypto.as_ref().expect("the second line is usable");
    assert_eq!((crypto.tag, crypto.master.suite()), (2, Suite::AesCm128HmacSha1_80));
    assert_eq!((crypto.master.key(), crypto.master.salt()[0]), (&(1..=16).collect::<Vec<u8>>()[..], 17));
    let [opus, pcmu] = &audio.formats[..] else { panic!("two formats") };
    assert_eq!((&opus.encoding[..], opus.clock_rate, opus.channels), ("opus", 48000, 2));
    assert_eq!((pcmu.payload_type, &pcmu.encoding[..]), (0, "PCMU"));
    assert_eq!(audio.address, Some("2001:db8::1".parse().expect("an address")));
    let named = |ssrc, name: Option<&str>| NamedSource { ssrc, cname: name.map(str::to_owned) };
    assert_eq!(audio.sources, [named(4_026_531_841, Some("alice")), named(2, None)]);
    assert_eq!(session.name, "No Name");
    assert!(data.formats.is_empty() && video.sources.is_empty());
    assert_eq!(session.format(97).map(|(media, format)| (media.port, format)), Some((40001, opus)));
}

#[test]
fn what_is_written_is_read_again() {
    let session: Session = TEXT.parse().expect("a description");
    let text = session.to_string();
    assert_eq!(text.parse(), Ok(session));
    let line = "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e\r\n";
    assert!(text.contains(line) && text.lines().all(|line| line.as_bytes()[1] == b'='), "{text}");
}

#[test]
fn keys_that_cannot_be_used_are_refused_with_the_reason_and_never_printed() {
    let refused = |crypto: &str| {
        let text = format!("m=video 1 RTP/SAVP 96\n{crypto}\nm=audio 2 RTP/AVP 97\n");
        let message = text.parse::<Session>().expect_err("it cannot be used").to_string();
        assert!(message.starts_with("line 2: ") && !message.contains("AQID"), "{message}");
        message
    };
    let key = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e";
    for (crypto, expected) in [
        (format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}|2^20|1:4"), "master key identifier"),
        (
            format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}|1:4;inline:{key}|2:4"),
            "master key identifier",
        ),
        (format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key} UNENCRYPTED_SRTP"), "\"UNENCRYPTED_SRTP\""),
        (format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key} KDR=1"), "\"KDR=1\""),
        (
            format!("a=crypto:1 AEAD_AES_128_GCM inline:{key}"),
            "16 bytes and a salt of 12, 28 together; these are 30",
        ),
        (format!("a=crypto:1 F8_128_HMAC_SHA1_80 inline:{key}"), "is no known SRTP suite"),
        (format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 prompt:{key}"), "inline:KEY"),
        ("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AQID~".into(), "no base64"),
        ("a=crypto:one AES_CM_128_HMAC_SHA1_80".into(), "inline:KEY"),
    ] {
        let message = refused(&crypto);
        assert!(message.contains(expected), "{message}");
    }
    let session: Session = TEXT.parse().expect("a description");
    assert!(!format!("{session:?}").contains("AQID"));
}

#[test]
fn lines_that_are_not_formed_as_they_should_be_are_refused() {
    for (text, expected) in [
        ("v=0\n", "no m= line"),
        ("m=video\n", "line 1: an m= line is"),
        ("v=0\nm=video 70000 RTP/AVP 96\n", "line 2: an m= line is"),
        ("c=IN IP4\n", "line 1: a c= line is"),
        ("m=video 1 RTP/AVP 96\na=rtpmap:96 H264\n", "line 2: an a=rtpmap line is"),
        ("m=video 1 RTP/AVP 96\na=rtpmap:96 H264/0\n", "line 2: an a=rtpmap line is"),
        ("m=video 1 RTP/AVP 96\na=fmtp:x y\n", "line 2: an a=fmtp line is"),
    ] {
        let message = text.parse::<Session>().expect_err("it is no description").to_string();
        assert!(message.contains(expected), "{message}");
    }
    let long = " ".repeat(MOST_BYTES + 1);
    assert_eq!(long.parse::<Session>(), Err(SdpError::TooLong(MOST_BYTES + 1)));
    let many = "m=video 1 RTP/AVP 96\n".repeat(MOST_MEDIA + 1);
    assert_eq!(many.parse::<Session>(), Err(SdpError::TooManyMedia { line: MOST_MEDIA + 1 }));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(lines in prop::collection::vec("(m=|c=|a=crypto:|a=rtpmap:|a=fmtp:)?.{0,40}", 0..20)) {
        if let Ok(session) = lines.join("\n").parse::<Session>() {
            let _ = session.to_string();
        }
    }
}
