//! What is received decodes as what was sent: sent packets are read back, with and without loss, and compared with
//! the decode of the encoder's own packets.

use std::ops::ControlFlow;

use ffmpeg_next::Packet;

use super::container::StreamFile;
use super::encoded::EncodedStream;
use super::video::VideoSettings;
use super::*;
use crate::media::sound::SoundReader;
use crate::media::source::Source;
use crate::media::{self, Limits, scan};
use crate::picture::Shape;
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;
use crate::units::FrameIndex;
use crate::wire::rtp::set_place;

const PARAMETERS: StreamParameters = StreamParameters {
    ssrc: 40_000,
    first_sequence_number: 65_000,
    base_timestamp: 0xffff_f000,
    payload_type: 96,
    most_packet_bytes: 1200,
};

fn keep_on(_: f64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Encoded packets as a source, without RTP.
fn without_rtp(encoded: EncodedStream) -> Source {
    let file = StreamFile::create(encoded.tick(), |output| encoded.add_to(output));
    let mut file = file.expect("a file");
    for packet in encoded.packets {
        file.add(packet).expect(&encoded.name);
    }
    Source::Received(ReceivedStream::new("own", file.finish().expect("a file")))
}

fn received(sent: &SentStream, is_lost: impl Fn(usize) -> bool) -> Source {
    let packets = sent.packets.iter().enumerate().filter(|(n, _)| !is_lost(*n));
    let packets = packets.map(|(_, packet)| packet.bytes.clone());
    receive("received", &sent.description, packets, Limits::default()).expect("it is received")
}

/// Times and bytes of all frames.
fn frames(source: &Source) -> Vec<(f64, Vec<u8>)> {
    let (layout, limits) = (Layout::YUV420P, Limits::default());
    let mut reader = media::open(source, layout, limits, &Pool::default()).expect("a video");
    let mut frames = Vec::new();
    while let Some(frame) = reader.next_frame().expect("readable") {
        frames.push((frame.time_secs, frame.bytes.to_vec()));
    }
    frames
}

/// Samples of all channels, and the number of channels.
fn samples(source: &Source) -> (Vec<i16>, usize) {
    let mut reader = SoundReader::open(source, 0, Limits::default()).expect("sound");
    let mut samples = Vec::new();
    while let Some(bytes) = reader.next_samples().expect("readable") {
        samples.extend(bytes.as_chunks().0.iter().map(|&bytes| i16::from_le_bytes(bytes)));
    }
    (samples, reader.format().channels as usize)
}

fn encoded(source: &Source, kind: CallMedia, secs: f64) -> EncodedStream {
    video::encode(source, kind, secs, Limits::default(), &mut keep_on).expect("it is encoded")
}

fn source(text: &str) -> Source {
    text.parse().expect("a source")
}

#[test]
fn received_video_is_the_decode_of_what_the_encoder_made() {
    for kind in CallMedia::ALL {
        for (text, secs) in [("demo:film", 3.1), ("pattern:moving-box@321x243", 1.3), ("demo:still", 0.5)] {
            let source = source(text);
            let own = frames(&without_rtp(encoded(&source, kind, secs)));
            let sent = packetizer::packetize(encoded(&source, kind, secs), &PARAMETERS).expect("it is sent");
            let opened = received(&sent, |_| false);
            let played = frames(&opened);
            assert_eq!(played.len(), own.len(), "{kind} {text}");
            for (n, (one, other)) in own.iter().zip(&played).enumerate() {
                assert!(
                    (one.0 - other.0).abs() < 1e-4,
                    "{kind} {text}: frame {n} at {} and {}",
                    one.0,
                    other.0
                );
                assert!(one.1 == other.1, "{kind} {text}: frame {n} differs");
            }
            let index = scan(&opened, Limits::default(), &mut keep_on).expect("an index");
            assert_eq!(index.frames(), own.len() as u64, "{kind} {text}");
            let (layout, limits) = (Layout::YUV420P, Limits::default());
            let mut reader = media::open(&opened, layout, limits, &Pool::default()).expect("a video");
            for n in [played.len() - 1, 1, played.len() / 2, 0] {
                reader.seek(FrameIndex(n as u64)).expect("it is there");
                let frame = reader.next_frame().expect("readable").expect("it is there");
                assert!(frame.bytes[..] == played[n].1[..], "{kind} {text}: frame {n} after a seek");
            }
        }
    }
}

#[test]
fn received_sound_is_the_decode_of_what_the_encoder_made() {
    for kind in CallMedia::ALL {
        let encoded = || {
            let voice = (&source("demo:still"), 1);
            sound::encode(voice, kind, 2.0, Limits::default(), &mut keep_on).expect("it is encoded")
        };
        let (own, own_channels) = samples(&without_rtp(encoded()));
        let sent = packetizer::packetize(encoded(), &PARAMETERS).expect("it is sent");
        let (played, channels) = samples(&received(&sent, |_| false));
        assert_eq!(own_channels, 1);
        assert!(own.len() >= 96_000 && own.iter().any(|&it| it.unsigned_abs() > 1000));
        // A receiver plays the samples before the start that Opus needs; RTP does not state their number.
        let skipped = if kind == CallMedia::Raw { 0 } else { 312 };
        for channel in 0..channels {
            let one: Vec<_> = played.iter().skip(channel + skipped * channels).step_by(channels).collect();
            assert!(one.iter().copied().eq(own.iter().take(one.len())), "{kind}: channel {channel}");
            assert!(one.len() >= 95_000);
        }
    }
}

#[test]
fn other_codecs_are_received_too() {
    let settings = |encoder, options: &[(&'static str, &str)]| {
        let target = fit::Target { most: Shape::new(1280, 720), multiple: 2, pixel_format: "yuv420p" };
        let options = options.iter().map(|&(name, value)| (name, value.to_owned())).collect();
        VideoSettings { encoder, target, most_per_sec: 30, options, quantizer: None }
    };
    for settings in [
        settings("libvpx", &[("deadline", "good"), ("cpu-used", "5"), ("threads", "1")]),
        settings("libvpx-vp9", &[("deadline", "good"), ("cpu-used", "5"), ("threads", "1")]),
        settings("libx265", &[("preset", "ultrafast"), ("x265-params", "log-level=error:bframes=2")]),
        settings("libx264", &[("preset", "veryfast"), ("bf", "2")]),
    ] {
        let encoder = settings.encoder;
        let source = source("demo:film");
        let made = || video::encode_as(&source, &settings, 1.0, Limits::default(), &mut keep_on);
        let stream = match made() {
            Ok(stream) => stream,
            // An FFmpeg without this encoder has nothing to compare.
            Err(RtpError::NoEncoder(_)) => continue,
            Err(error) => panic!("{encoder}: {error}"),
        };
        let sent = packetizer::packetize(stream, &PARAMETERS).expect("it is sent");
        let own = frames(&without_rtp(made().expect("it is encoded")));
        let played = frames(&received(&sent, |_| false));
        assert_eq!(played.len(), own.len(), "{encoder}");
        for (n, (one, other)) in own.iter().zip(&played).enumerate() {
            assert!((one.0 - other.0).abs() < 1e-4, "{encoder}: frame {n} at {} and {}", one.0, other.0);
            assert!(one.1 == other.1, "{encoder}: frame {n} differs");
        }
    }
}

#[test]
fn a_voice_has_larger_packets_when_it_speaks() {
    for voice in 1..4 {
        let still = source("demo:still");
        let encoded = sound::encode((&still, voice), CallMedia::H264, 20.0, Limits::default(), &mut keep_on);
        let mut sizes: Vec<usize> =
            encoded.expect("it is encoded").packets.iter().map(Packet::size).collect();
        sizes.sort_unstable();
        let (pause, speech) = (sizes[sizes.len() / 8], sizes[sizes.len() * 5 / 8]);
        assert!(speech > 2 * pause, "voice {voice}: {pause} bytes in a pause, {speech} in speech");
    }
}

#[test]
fn a_short_source_repeats_when_its_last_picture_ends() {
    let film = source("demo:film");
    let limits = Limits::default();
    let secs = scan(&film, limits, &mut keep_on).expect("an index").duration_secs();
    let sent =
        packetizer::packetize(encoded(&film, CallMedia::Raw, secs * 2.0), &PARAMETERS).expect("it is sent");
    let played = frames(&received(&sent, |_| false));
    let second = played
        .iter()
        .position(|frame| (frame.0 - secs).abs() < 0.001)
        .expect("the start of the second round");
    assert!(played[second].1 == played[0].1 && played[second - 1].1 != played[0].1);
}

#[test]
fn packets_of_noise_are_no_danger() {
    let mut noise = 1_u64;
    let mut random = move || {
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (noise >> 33).to_le_bytes()[0]
    };
    for (media, encoding) in [
        ("video", "H264/90000"),
        ("video", "H265/90000"),
        ("video", "VP8/90000"),
        ("video", "VP9/90000"),
        ("video", "JPEG/90000"),
        ("video", "H261/90000"),
        ("video", "H263/90000"),
        ("video", "H263-1998/90000"),
        ("video", "MPV/90000"),
        ("video", "theora/90000"),
        ("audio", "opus/48000/2"),
        ("audio", "L16/48000/1"),
        ("audio", "MPEG4-GENERIC/48000/2"),
        ("audio", "MP4A-LATM/48000/2"),
        ("audio", "AMR/8000"),
        ("audio", "iLBC/8000"),
        ("audio", "ac3/48000"),
        ("audio", "speex/8000"),
    ] {
        let text =
            format!("m={media} 9 RTP/AVP 96\na=rtpmap:96 {encoding}\na=fmtp:96 mode=20;octet-align=1\n");
        let description = MediaDescription::parse(&text, None).expect(encoding);
        let packets: Vec<Vec<u8>> = (0..3000_u16)
            .map(|n| {
                let mut packet = vec![0; 12 + usize::from(random()) * usize::from(random() % 6)];
                packet.fill_with(&mut random);
                packet[0] = 0x80 | packet[0] & 0x10;
                packet[1] = 0x60 | packet[1] & 0x80;
                set_place(&mut packet, n.wrapping_mul(1 + u16::from(n % 97 == 0)), u32::from(n / 8) * 3000);
                packet
            })
            .collect();
        match receive(encoding, &description, packets, Limits { side: 4096, pixels: 4 << 20 }) {
            Ok(opened) if media == "audio" => {
                if let Ok(mut reader) = SoundReader::open(&opened, 0, Limits::default()) {
                    while reader.next_samples().is_ok_and(|samples| samples.is_some()) {}
                }
            }
            Ok(opened) => drop(media::open(&opened, Layout::YUV420P, Limits::default(), &Pool::default())),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

#[test]
fn a_call_is_joined_at_the_next_key_picture_without_parameter_sets_in_its_description() {
    let sent = packetizer::packetize(encoded(&source("demo:film"), CallMedia::H264, 5.0), &PARAMETERS);
    let sent = sent.expect("it is sent");
    let whole = frames(&received(&sent, |_| false));
    let text = "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\n";
    let description = MediaDescription::parse(text, None).expect("a description");
    let late =
        sent.packets.iter().filter(|packet| packet.time > 2_300_000_000).map(|packet| packet.bytes.clone());
    let joined = frames(&receive("joined", &description, late, Limits::default()).expect("it is received"));
    let first = whole.iter().position(|frame| joined.first().is_some_and(|joined| joined.1 == frame.1));
    let first = first.expect("a picture of the sender");
    assert!(whole[first].0 > 2.3 && whole[first].0 < 4.1, "at {} s", whole[first].0);
    assert_eq!(joined.len(), whole.len() - first);
    assert!(whole[first..].iter().zip(&joined).all(|(one, other)| one.1 == other.1));
}

#[test]
fn after_a_loss_all_is_exact_from_the_next_key_picture_on() {
    for kind in CallMedia::ALL {
        let sent =
            packetizer::packetize(encoded(&source("demo:film"), kind, 5.0), &PARAMETERS).expect("it is sent");
        let whole = frames(&received(&sent, |_| false));
        // A part of the second group of pictures, and single packets of it.
        let time = |n: usize| sent.packets[n].time / 1_000_000;
        let is_lost = |n: usize| {
            (2400..2700).contains(&time(n)) || (2700..3500).contains(&time(n)) && n.is_multiple_of(50)
        };
        assert!((0..sent.packets.len()).any(is_lost));
        let damaged = frames(&received(&sent, is_lost));
        assert!(
            damaged == frames(&received(&sent, is_lost)),
            "{kind}: what is shown for a lost part is not chance"
        );
        let after: Vec<_> = whole.iter().filter(|frame| frame.0 > 4.1).collect();
        let found: Vec<_> = damaged.iter().filter(|frame| frame.0 > 4.1).collect();
        assert!(after.len() > 5 && after.len() == found.len(), "{kind}: {} and {}", after.len(), found.len());
        assert!(
            after.iter().zip(&found).all(|(one, other)| (one.0 - other.0).abs() < 1e-4 && one.1 == other.1)
        );
        let before = whole.iter().zip(&damaged).take_while(|(one, other)| one == other).count();
        assert!(whole[before].0 > 2.3, "{kind}: {before} frames are exact before the loss");
    }
}

#[test]
fn key_pictures_whose_times_go_back_are_received() {
    let source = Source::Pattern(media::Pattern::MovingBox, crate::picture::Shape::new(96, 64));
    let sent = send_video(&source, CallMedia::Raw, 1.0, &PARAMETERS, Limits::default(), &mut keep_on);
    let sent = sent.expect("it is sent");
    let mut packets: Vec<Vec<u8>> = sent.packets.iter().map(|packet| packet.bytes.clone()).collect();
    let timestamp = |packet: &[u8]| u32::from_be_bytes(packet[4..8].try_into().expect("4 bytes"));
    let times: Vec<u32> = packets.iter().map(|packet| timestamp(packet)).collect();
    // Each pair of pictures in the other order.
    let mut distinct = times.clone();
    distinct.dedup();
    for (packet, time) in packets.iter_mut().zip(times) {
        let at = distinct.iter().position(|&known| known == time).expect("its picture");
        packet[4..8].copy_from_slice(&distinct[(at ^ 1).min(distinct.len() - 1)].to_be_bytes());
    }
    let source = receive("received", &sent.description, packets, Limits::default()).expect("it is received");
    assert!(frames(&source).len() >= 9);
}
