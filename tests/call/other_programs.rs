//! `tshark` and `GStreamer`, where they are installed: what they make of our packets, and we of theirs.

use std::process::{Command, Output};

use afterimage::media::capture::{CaptureKeys, CapturedStream};
use afterimage::media::rtp::{CallMedia, MediaDescription, receive};
use afterimage::media::{self, Limits, Source, StreamChoice};
use afterimage::picture::layout::Layout;
use afterimage::runtime::pool::Pool;
use afterimage::wire::protection::Protection;
use afterimage::wire::srtp::{MasterKey, Receiver, Suite};

use crate::bundle::call;
use crate::capture::read;
use crate::folder::Folder;
use crate::installed::is_installed;
use crate::outside::text;
use crate::program::{json, shell};
use crate::tshark::{streams, streams_of_info, tshark};

/// True if `GStreamer` has an element.
fn has_element(name: &str) -> bool {
    let found = Command::new("gst-inspect-1.0").args(["--exists", name]).status();
    let has_element = found.is_ok_and(|status| status.success());
    if !has_element {
        eprintln!("skipped: GStreamer's {name} is not installed");
    }
    has_element
}

#[test]
fn tshark_finds_every_packet_and_none_malformed() {
    if !is_installed("tshark") {
        return;
    }
    let fields = ["-T", "fields", "-e", "rtp.ssrc", "-e", "_ws.malformed"];
    for protection in Protection::ALL {
        for media in CallMedia::ALL {
            let folder = call(protection.name(), media.name(), "");
            let written = read(&folder, "call.pcapng").len();
            let codecs = match media {
                CallMedia::H264 => &["-o", "h264.dynamic.payload.type:96", "-d", "rtp.pt==97,opus"][..],
                CallMedia::Mjpeg => &["-d", "rtp.pt==97,opus"],
                CallMedia::Raw => &[],
            };
            // The contents of plain packets are read, too.
            for (name, codecs) in [("call.pcapng", &[][..]), ("plain.pcapng", codecs)] {
                let lines = tshark(&folder.path(name), &[&fields[..], codecs].concat());
                let malformed = lines.lines().filter(|line| !line.ends_with('\t')).count();
                let rtp = lines.lines().filter(|line| line.starts_with("0x00009c4")).count();
                assert_eq!((rtp, malformed), (written, 0), "{protection} {media} {name}");
            }
            // Streams, payload types, packets and losses: of none there are any.
            let info = json(["info", &folder.at("call.pcapng"), "--format", "json"]);
            let ours = streams_of_info(&info);
            assert_eq!(ours, streams(&folder.path("call.pcapng")), "{protection} {media}");
            assert_eq!(ours.values().map(|stream| stream.packets).sum::<u64>(), written as u64);
            assert!(ours.values().all(|stream| stream.lost == 0));
            if media == CallMedia::H264 {
                run_tshark_as_the_readme_says(&folder);
            }
        }
    }
}

fn run_tshark_as_the_readme_says(folder: &Folder) {
    let readme = folder.read_text("README.md");
    let commands: Vec<&str> = readme.lines().filter(|line| line.starts_with("tshark ")).collect();
    assert_eq!(commands.len(), 3);
    for (command, expected) in commands.into_iter().zip(["0x00009C45", "SSRC=0x9C45", "STAP-A SPS PPS"]) {
        let output = shell(folder.root(), command);
        let text = text(&output);
        assert!(output.status.success() && !text.contains("Malformed"), "{command}: {text}");
        assert!(text.contains(expected), "{command}: {text}");
    }
}

/// The frames of a video, one after another, in planes of 4:2:0.
fn planes(source: &Source) -> Vec<u8> {
    let mut reader =
        media::open(source, Layout::YUV420P, Limits::default(), &Pool::default()).expect("a video");
    let mut bytes = Vec::new();
    while let Some(frame) = reader.next_frame().expect("a frame") {
        bytes.extend_from_slice(&frame.bytes);
    }
    bytes
}

/// Runs a pipeline of `GStreamer` in a folder, for at most 20 s.
fn gstreamer(folder: &Folder, pipeline: &str) -> Output {
    let mut command = Command::new("timeout");
    command.args(["-k", "1", "20", "gst-launch-1.0", "-q"]).args(pipeline.split_ascii_whitespace());
    command.current_dir(folder.root()).output().expect("the program timeout")
}

/// Packets one after another, each after its length (RFC 4571): `GStreamer` reads and writes files of this form. Its reader of
/// captures, `pcapparse`, gives up each packet twice if `srtpdec` follows it (1.22).
fn framed(packets: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let length = |packet: &Vec<u8>| u16::try_from(packet.len()).expect("it fits").to_be_bytes();
    packets.flat_map(|packet| [&length(&packet)[..], &packet].concat()).collect()
}

/// The packets of a file of that form.
fn unframed(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let (packet, rest) = rest.split_at(u16::from_be_bytes(*length).into());
        packets.push(packet.to_vec());
        bytes = rest;
    }
    packets
}

#[test]
fn gstreamer_decrypts_our_srtp_to_the_same_frames() {
    if !["gst-launch-1.0", "timeout"].iter().all(|name| is_installed(name)) {
        return;
    }
    for (protection, cipher, authentication) in
        [("srtp", "aes-128-icm", "hmac-sha1-80"), ("srtp-gcm", "aes-128-gcm", "null")]
    {
        // GStreamer's JPEG files are decoded by us, since its decoder leaves their range of values as it is.
        for (media, encoding, elements) in
            [("h264", "H264", &["rtph264depay", "avdec_h264"][..]), ("mjpeg", "JPEG", &["rtpjpegdepay"])]
        {
            if !["rtpstreamdepay", "srtpdec"].iter().chain(elements).all(|name| has_element(name)) {
                return;
            }
            let folder = call(protection, media, "");
            let keys: toml::Table = folder.read_text("keys.toml").parse().expect("TOML");
            let first = &keys["key"].as_array().expect("a list")[0];
            let (source, ssrc) = ("192.0.2.10:40000", 40_000);
            assert_eq!((first["source"].as_str(), first["ssrc"].as_integer()), (Some(source), Some(ssrc)));
            let [key, salt] = ["key", "salt"].map(|name| first[name].as_str().expect("hex"));
            let sent = read(&folder, "call.pcapng").into_iter();
            let sent = sent.filter(|packet| packet.source == source && i64::from(packet.ssrc) == ssrc);
            folder.write("packets", framed(sent.map(|packet| packet.bytes)));
            let pipeline = format!(
                "filesrc location=packets ! application/x-srtp-stream,media=(string)video,clock-rate=(int)90000,\
                 encoding-name=(string){encoding},payload=(int)96,ssrc=(uint){ssrc},\
                 srtp-key=(buffer){key}{salt},srtp-cipher=(string){cipher},srtp-auth=(string){authentication},\
                 srtcp-cipher=(string){cipher},srtcp-auth=(string){authentication},roc=(uint)0 \
                 ! rtpstreamdepay ! srtpdec ! {} ! filesink location=gstreamer.{media}",
                elements.join(" ! ")
            );
            let output = gstreamer(&folder, &pipeline);
            let captured = CapturedStream {
                stream: Some(StreamChoice::Number(0)),
                keys: Some(CaptureKeys::File(folder.path("keys.toml"))),
                ..CapturedStream::of(folder.path("call.pcapng"))
            };
            let theirs = folder.path(&format!("gstreamer.{media}"));
            let theirs = if media == "h264" {
                std::fs::read(theirs).expect("frames")
            } else {
                planes(&Source::File(theirs))
            };
            let own = planes(&Source::Capture(captured));
            assert_eq!(own.len(), 60 * 160 * 96 * 3 / 2);
            let (lengths, text) = ((theirs.len(), own.len()), text(&output));
            assert!(own == theirs, "{protection} {media}: {lengths:?} {text}");
        }
    }
}

/// The packets of 20 pictures that `GStreamer` sends as SRTP; none if it refuses the key.
fn sent_by_gstreamer(key: &str, (cipher, authentication): (&str, &str)) -> Vec<Vec<u8>> {
    let folder = Folder::new();
    let pipeline = format!(
        "videotestsrc num-buffers=20 ! video/x-raw,format=I420,width=64,height=48,framerate=20/1 ! jpegenc \
         ! rtpjpegpay ssrc=7 seqnum-offset=65530 ! srtpenc key={key} rtp-cipher={cipher} rtp-auth={authentication} \
         ! rtpstreampay ! filesink location=packets"
    );
    gstreamer(&folder, &pipeline);
    unframed(&folder.read("packets"))
}

#[test]
fn we_open_the_srtp_of_gstreamer() {
    if !["gst-launch-1.0", "timeout"].iter().all(|name| is_installed(name))
        || !["srtpenc", "rtpjpegpay", "rtpstreampay", "jpegenc"].iter().all(|name| has_element(name))
    {
        return;
    }
    for (suite, cipher, authentication) in [
        (Suite::AesCm128HmacSha1_80, "aes-128-icm", "hmac-sha1-80"),
        (Suite::AesCm128HmacSha1_32, "aes-128-icm", "hmac-sha1-32"),
        (Suite::AesCm256HmacSha1_80, "aes-256-icm", "hmac-sha1-80"),
        (Suite::AeadAes128Gcm, "aes-128-gcm", "null"),
        (Suite::AeadAes256Gcm, "aes-256-gcm", "null"),
    ] {
        let joined: Vec<u8> = (1..).take(suite.key_bytes() + suite.salt_bytes()).collect();
        let (key, names) = (hex::encode(&joined), (cipher, authentication));
        let mut protected = sent_by_gstreamer(&key, names);
        if protected.is_empty() && suite == Suite::AeadAes128Gcm {
            // GStreamer 1.22 asks for a salt of 14 bytes here, and uses 12 of them.
            protected = sent_by_gstreamer(&format!("{key}0000"), names);
        }
        let open = |joined: &[u8]| -> Vec<Vec<u8>> {
            let master = MasterKey::from_joined(suite, joined).expect("the suite's length");
            let mut receiver = Receiver::new(&master, 0);
            let opened = protected.iter().filter_map(|packet| {
                let mut opened = Vec::new();
                receiver.unprotect(packet, &mut opened).is_ok().then_some(opened)
            });
            opened.collect()
        };
        let opened = open(&joined);
        assert!(opened.len() == protected.len() && opened.len() >= 20, "{suite}: {}", opened.len());
        let mut other = joined.clone();
        other[0] ^= 1;
        assert!(open(&other).is_empty(), "{suite}");
        let description = MediaDescription::parse("m=video 0 RTP/AVP 26\r\n", None).expect("a description");
        let source = receive("gstreamer", &description, opened, Limits::default()).expect("a video");
        assert_eq!(planes(&source).len(), 20 * 64 * 48 * 3 / 2, "{suite}");
    }
}
