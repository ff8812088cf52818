//! Captures of streams, plain and protected, with keys and descriptions that do not always fit.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use afterimage::media::capture::{self, CaptureKeys, CapturedStream, StreamSecret};
use afterimage::media::rtp::{self, CallMedia, StreamParameters};
use afterimage::media::{self, Limits, Pattern, Source};
use afterimage::picture::Shape;
use afterimage::picture::layout::Layout;
use afterimage::runtime::pool::Pool;
use afterimage::units::FrameIndex;
use afterimage::wire::capture::PcapngWriter;
use afterimage::wire::keys::Method;
use afterimage::wire::network::write_udp_frame;
use afterimage::wire::protection::{Key, Protection, Sender, StreamKey};

use crate::attempt::{LIMITS, decode, own};
use crate::mutate::Random;

const PROTECTIONS: [Protection; 4] =
    [Protection::OneKeyEcb, Protection::PerStreamGcm, Protection::Srtp, Protection::SrtpGcm];

const SDPS: [&str; 5] = [
    "m=video 40000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\n",
    "m=video 40000 RTP/AVP 96\r\na=rtpmap:96 raw/90000\r\na=fmtp:96 sampling=YCbCr-4:2:2; width=96; height=64; depth=8\r\n",
    "m=video 40000 RTP/AVP 96\r\na=rtpmap:96 JPEG/90000\r\n",
    "m=video 40000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n",
    "m=audio 40000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n",
];

fn key_bytes(protection: Protection) -> Vec<u8> {
    let length = match protection {
        Protection::OneKeyEcb => 16,
        Protection::PerStreamGcm => 32,
        Protection::SrtpGcm => 28,
        Protection::Srtp | Protection::Sframe => 30,
    };
    (0..length).collect()
}

/// Captures of half a second, of each codec, plain and protected; one is in pcap.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let mut all = Vec::new();
    for media in CallMedia::ALL {
        let source = Source::Pattern(Pattern::MovingBox, Shape::new(96, 64));
        let parameters = StreamParameters {
            ssrc: 40_000,
            first_sequence_number: 65_530,
            base_timestamp: 0xffff_f000,
            payload_type: 96,
            most_packet_bytes: 1200,
        };
        let keep_on = &mut |_| ControlFlow::Continue(());
        let sent = rtp::send_video(&source, media, 0.5, &parameters, Limits::default(), keep_on);
        let sent = sent.expect("it is sent");
        for protection in [None].into_iter().chain(PROTECTIONS.map(Some)) {
            let key = protection
                .map(|protection| StreamKey::from_bytes(protection, &key_bytes(protection)).expect("a key"));
            let mut sender = key.map(|key| Sender::new(&key, 0).expect("a key"));
            let frames = sent.packets.iter().map(|packet| {
                let mut bytes = packet.bytes.clone();
                if let Some(sender) = &mut sender {
                    sender.protect(&packet.bytes, &mut bytes).expect("a packet");
                }
                (packet.time, frame(&bytes))
            });
            let frames: Vec<_> = frames.collect();
            if protection.is_none() {
                all.push(("pcap", pcap(&frames)));
            }
            let mut writer = PcapngWriter::new(Vec::new()).expect("memory");
            for (time, frame) in &frames {
                writer.write(*time, frame).expect("memory");
            }
            all.push(("pcapng", writer.finish().expect("memory")));
        }
    }
    all
}

fn frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    let [from, to] = ["192.0.2.10:40000", "192.0.2.1:40000"].map(|text| text.parse().expect("an address"));
    write_udp_frame(from, to, payload, &mut frame).expect("it fits");
    frame
}

fn pcap(frames: &[(u64, Vec<u8>)]) -> Vec<u8> {
    let mut file = [0xa1b2_3c4d_u32, 0x0004_0002, 0, 0, 65_535, 1].map(u32::to_le_bytes).concat();
    for (time, frame) in frames {
        let number = |number: u64| u32::try_from(number).expect("it fits").to_le_bytes();
        let length = number(frame.len() as u64);
        file.extend([number(time / 1_000_000_000), number(time % 1_000_000_000), length, length].concat());
        file.extend(frame);
    }
    file
}

/// Lists the streams of a capture and opens one, as it was transmitted and with a key.
pub fn attempt(path: &Path, number: u64) {
    let mut random = Random::of(number);
    let _ = Source::File(path.into()).recognized(None);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sdp = folder.path().join("stream.sdp");
    fs::write(&sdp, random.one_of(&SDPS)).expect("an SDP");
    let protection = *random.one_of(&PROTECTIONS);
    let (method, first_roc) = (Method::Protection(protection), *random.one_of(&[0, 1]));
    let secret = StreamSecret { method, key: Key::new(&key_bytes(protection)), first_roc };
    let keys = random.one_of(&[None, Some(CaptureKeys::Stream(secret))]).clone();
    let captured = CapturedStream { sdp: Some(sdp), keys, ..CapturedStream::of(path.into()) };
    if let Ok(info) = capture::info(&captured, &mut |_| ControlFlow::Continue(())) {
        let packets: u64 = info.streams.iter().map(|stream| stream.packets).sum();
        assert!(packets <= info.udp_datagrams, "{info:?}");
    }
    for captured in [CapturedStream::of(path.into()), captured] {
        let source = Source::Capture(captured);
        own(&source);
        let index = media::scan(&source, LIMITS, &mut |_| ControlFlow::Continue(()));
        let Ok(mut reader) = media::open(&source, Layout::YUV420P, LIMITS, &Pool::default()) else {
            continue;
        };
        decode(&mut *reader, Layout::YUV420P);
        if let Ok(index) = index {
            let frames = usize::try_from(index.frames()).expect("few frames");
            reader.set_index(index);
            if reader.seek(FrameIndex(random.below(frames + 1) as u64)).is_ok() {
                decode(&mut *reader, Layout::YUV420P);
            }
        }
    }
}
