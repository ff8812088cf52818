//! What is received decodes as what was sent: sent packets are read back, with and without loss, and compared with the
//! decode of the encoder's own packets.

use std::ops::ControlFlow;

use super::container::StreamFile;
use super::encoded::EncodedStream;
use super::*;
use crate::media::sound::SoundReader;
use crate::media::{self, Limits, scan};
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;
use crate::units::FrameIndex;

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
        file.add(packet).expect("it is written");
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
fn after_a_loss_all_is_exact_from_the_next_key_picture_on() {
    for kind in CallMedia::ALL {
        let sent =
            packetizer::packetize(encoded(&source("demo:film"), kind, 5.0), &PARAMETERS).expect("it is sent");
        let whole = frames(&received(&sent, |_| false));
        // A part of the second group of pictures, and single packets of it.
        let time = |n: usize| sent.packets[n].time / 1_000_000;
        let is_lost =
            |n: usize| (2400..2700).contains(&time(n)) || (2700..3500).contains(&time(n)) && n % 50 == 0;
        assert!((0..sent.packets.len()).any(is_lost));
        let damaged = frames(&received(&sent, is_lost));
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
