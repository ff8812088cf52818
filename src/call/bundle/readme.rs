//! `README.md` of the folder.

use std::fmt::Write;

use super::super::error::CallError;
use super::super::network::{KEY_SERVER, MEDIA_SERVER, MediaKind, StreamId, address};
use super::super::settings::EcbKeySize;
use super::{Contents, descriptions, keys_file, openssl};
use crate::media::rtp::CallMedia;
use crate::wire::protection::Protection;
use crate::wire::srtp::MasterKey;

/// The first line, by which the folder of a call is recognized.
pub(super) const TITLE: &str = "# A call, made by Afterimage";

/// The text of the file.
pub(super) fn text(contents: &Contents<'_>) -> Result<String, CallError> {
    let parts = [
        format!("{TITLE}\n"),
        about(contents),
        parties(contents),
        "## Commands\n\nRun them in this folder.\n".into(),
        tshark(contents),
        players(contents),
        encrypted_player(contents),
        format!("### Decrypt one payload with openssl\n\n{}", openssl::text(contents)?),
        afterimage(contents),
        keys(contents),
        modelled(contents.options.protection),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Ok(parts.join("\n"))
}

fn afterimage(contents: &Contents<'_>) -> String {
    format!(
        "### Open it with Afterimage\n\nThe list of streams with their keys tried; what a listener on the wire has of {}'s video, \
         beside what the key\nmakes of it; and the video in the window.\n\n```sh\n\
         afterimage info call.pcapng --keys keys.toml\n\
         afterimage figure call.pcapng plain own:repeats own:sizes --keys keys.toml -o wire.png\n```\n\n\
         ```sh\nafterimage call.pcapng --keys keys.toml\n```\n",
        contents.settings.name(0),
    )
}

fn about(contents: &Contents<'_>) -> String {
    let settings = contents.settings;
    let Contents { options, .. } = contents;
    let secs = settings.duration_secs;
    let (leaver, leaving_secs) = (settings.name(settings.leaver()), settings.leaving_secs());
    let renewed = if settings.is_renewed { ", and all keys are renewed then" } else { "" };
    let all = if contents.call.streams.len() < 2 * settings.parties.len() {
        format!("The captures hold the streams of {} only.\n", settings.name(0))
    } else {
        String::new()
    };
    let codecs = match options.media {
        CallMedia::H264 => "H.264 and Opus",
        CallMedia::Raw => "uncompressed video (RFC 4175) and L16",
        CallMedia::Mjpeg => "JPEG (RFC 2435) and Opus",
    };
    let advertised = match (options.protection, settings.ecb_key_size) {
        (Protection::OneKeyEcb, EcbKeySize::Bits128) => {
            "Advertised: \"AES-256 where possible\". As reported, and here: AES-128 in ECB mode, one key for all.\n"
        }
        (Protection::OneKeyEcb, EcbKeySize::Bits256) => {
            "Advertised: \"AES-256 where possible\". As reported: AES-128 in ECB mode, one key for all; here: AES-256.\n"
        }
        _ => "",
    };
    format!(
        "A conference of {} parties, {secs} s, made by arithmetic: no packet was ever sent. Media: {codecs}.\n\
         Protection: `{}`. {leaver} leaves after {leaving_secs} s{renewed}.\n{advertised}{all}\n\
         `call.pcapng` holds the packets on every link as they are sent, `plain.pcapng` the same without protection. A packet\n\
         has the same time on every link: there is no delay, no loss and no RTCP. Each stream starts with sequence number\n\
         65000 and **rollover counter 0**; the number wraps after 536 packets, and the counter is then 1.\n",
        settings.parties.len(),
        options.protection,
    )
}

fn parties(contents: &Contents<'_>) -> String {
    let mut text = format!(
        "| party | source | address | video: port, SSRC | audio: port, SSRC |\n|---|---|---|---|---|\n\
         | *media server* | | {MEDIA_SERVER} | | |\n| *key server* | | {KEY_SERVER} | | |\n"
    );
    for (at, party) in contents.settings.parties.iter().enumerate() {
        let of = |kind| {
            let stream = StreamId { party: at, kind };
            format!("{}, {}", stream.port(), stream.ssrc())
        };
        let (video, audio) = (of(MediaKind::Video), of(MediaKind::Audio));
        let source = match party.path().and_then(std::path::Path::file_name) {
            Some(name) => name.to_string_lossy().into_owned(),
            None => party.source.to_string(),
        };
        let source: String = source
            .chars()
            .map(|letter| if letter.is_control() || letter == '|' { '_' } else { letter })
            .collect();
        // Writing to a text does not fail.
        let _ = writeln!(text, "| {} | {source} | {} | {video} | {audio} |", party.name, address(at));
    }
    text
}

fn tshark(contents: &Contents<'_>) -> String {
    let streams = contents.settings.parties.len() * 2;
    let ports = format!("40000-{}", 40_000 + streams - 1);
    let decode = format!("-d udp.port=={ports},rtp");
    let codec = match contents.options.media {
        CallMedia::H264 => format!(
            "\nThe units of H.264 in the plain packets; with `-V` after it, all their fields:\n\n```sh\n\
             tshark -r plain.pcapng {decode} -o h264.dynamic.payload.type:96 -d rtp.pt==97,opus -c 20\n```\n"
        ),
        CallMedia::Raw | CallMedia::Mjpeg => String::new(),
    };
    format!(
        "### List the packets with tshark\n\nWithout `-d` these packets are plain UDP to it.\n\n```sh\n\
         tshark -r call.pcapng {decode} -q -z rtp,streams\n\
         tshark -r call.pcapng {decode} -c 20\n```\n{codec}"
    )
}

/// Seconds that ffmpeg records: within the call, since it does not exit by itself at the end of a stream.
fn recorded_secs(contents: &Contents<'_>) -> f64 {
    (contents.settings.duration_secs * 0.4).clamp(0.2, 3.0)
}

fn recording(contents: &Contents<'_>, sdp: &str, to: &str) -> String {
    format!(
        "ffmpeg -nostdin -protocol_whitelist file,udp,rtp,srtp -i {sdp} -t {:.1} -y {to} &\n\
         sleep 1; python3 replay.py {sdp}; wait\n",
        recorded_secs(contents)
    )
}

fn players(contents: &Contents<'_>) -> String {
    let name = |kind| descriptions::name(contents, StreamId { party: 0, kind });
    let (video, audio) = (name(MediaKind::Video), name(MediaKind::Audio));
    format!(
        "### Play a stream of the plain capture\n\nA player waits for the packets that `replay.py` sends to this machine. No BYE \
         is sent, so that a player does not end by\nitself. If it misses packets because the machine is busy, `replay.py --speed 0.5` sends them at half \
         the speed.\nWatch a stream (end it with q), in two terminals:\n\n```sh\n\
         ffplay -protocol_whitelist file,udp,rtp -i {video}.sdp\n```\n\n```sh\npython3 replay.py {video}.sdp\n```\n\n\
         Record the start of a stream:\n\n```sh\n{}```\n\n```sh\n{}```\n",
        recording(contents, &format!("{video}.sdp"), &format!("{video}.mkv")),
        recording(contents, &format!("{audio}.sdp"), &format!("{audio}.wav")),
    )
}

fn encrypted_player(contents: &Contents<'_>) -> String {
    if !descriptions::has_keys(contents.options.protection) {
        return String::new();
    }
    let name = descriptions::name(contents, StreamId { party: 0, kind: MediaKind::Video });
    let renewed = if contents.settings.is_renewed {
        " A description holds the first key only: what comes after the keys were renewed is dropped."
    } else {
        ""
    };
    format!(
        "### Play an encrypted stream with its key\n\nThe `-srtp` descriptions hold the key of the stream's link up in \
         `a=crypto` (RFC 4568).{renewed}\n\n```sh\n{}```\n",
        recording(contents, &format!("{name}-srtp.sdp"), &format!("{name}-srtp.mkv")),
    )
}

fn keys(contents: &Contents<'_>) -> String {
    let protection = contents.options.protection;
    let lengths = match protection.srtp_suite() {
        None if protection == Protection::OneKeyEcb => {
            format!("One key of {} bytes opens every stream.", contents.settings.ecb_key_size.bytes())
        }
        None => "The meeting key has 32 bytes, and so has each stream's.".to_owned(),
        Some(suite) => {
            let joined = MasterKey::joined_bytes(suite);
            let (key, salt) = (suite.key_bytes(), suite.salt_bytes());
            format!(
                "{suite}: a master key of **{key} bytes** and a master salt of **{salt} bytes**. Tools that take both \
                 together want\n{joined} bytes, key first; other suites have other lengths (AES_CM_128_HMAC_SHA1_80: 16 + \
                 14, AEAD_AES_128_GCM: 16 + 12,\nAEAD_AES_256_GCM: 32 + 12)."
            )
        }
    };
    let example = keys_file::labels(contents, StreamId { party: 0, kind: MediaKind::Video });
    format!(
        "## Keys\n\n`keys.toml` has the key of every stream on every link, with the rollover counter (`roc`) of the first packet \
         under it.\n{lengths}\nAll keys are HKDF-SHA256 of one key material without salt, with a label as info; for the video of \
         {} on its way\nup: `{}`.{}\n",
        contents.settings.name(0),
        example.join("`, `"),
        if contents.settings.is_renewed { " Renewed keys have `/1` after the label." } else { "" },
    )
}

fn modelled(protection: Protection) -> String {
    let of = match protection {
        Protection::OneKeyEcb => {
            "`one-key-ecb` follows the report of 3 April 2020 (one AES-128 key a meeting in ECB mode, made by the service's\n\
             servers). The layout and padding of its packets were never published: here each RTP payload is encrypted by \
             itself.\n"
        }
        Protection::PerStreamGcm => {
            "`per-stream-gcm` follows the vendor's papers since version 5.0 (a key for each stream from a 256-bit meeting key,\n\
             AES-256-GCM for each packet). Nonce, associated data and layout were never published: those here are a \
             choice.\n"
        }
        Protection::Srtp => {
            "The packets are SRTP (RFC 3711), AES_CM_128_HMAC_SHA1_80, with a key for each hop.\n"
        }
        Protection::SrtpGcm => {
            "The packets are SRTP (RFC 7714), AEAD_AES_128_GCM, with a key for each hop.\n"
        }
        Protection::Sframe => {
            "The payloads are SFrame (RFC 9605, suite 4), with a ciphertext for each RTP payload, inside SRTP with a key for \
             each hop.\n"
        }
    };
    let forwarding =
        if protection.is_modelled() { "forwards packets as they are" } else { "decrypts and encrypts SRTP" };
    format!(
        "## What is modelled\n\n{of}Modelled in every call: one media server, which {forwarding}; one key server; no delay; the \
         labels of the keys.\n",
    )
}
