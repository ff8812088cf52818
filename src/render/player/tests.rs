use super::*;
use crate::media::{self, Frames, Source};
use crate::payload::Target;
use crate::picture::layout::Layout;
use crate::render::encrypt::encrypt_messages;
use crate::units::FrameIndex;

#[path = "../../../tests/common/ffmpeg.rs"]
mod ffmpeg;

/// Frames of a film.
const FRAMES: u64 = 40;

/// Encoders with options, the file name's ending, and a target that leaves headers clear or that the codec has.
const CODECS: [(&str, &str, Target); 10] = [
    ("libx264 -g 12 -bf 3 -flags +cgop", "mp4", Target::Slices),
    ("libx264 -x264-params keyint=12:open-gop=1:bframes=3:slices=2", "mkv", Target::Cenc),
    ("libx265 -x265-params keyint=12:min-keyint=12:open-gop=1:bframes=3:log-level=0", "mkv", Target::Nal),
    ("libaom-av1 -cpu-used 8 -g 12", "mkv", Target::Nal),
    ("libvpx-vp9 -g 12", "webm", Target::Packets),
    ("mpeg4 -g 12 -bf 2", "mp4", Target::Packets),
    ("mpeg2video -g 12 -bf 2", "mkv", Target::Packets),
    ("mjpeg", "mov", Target::Slices),
    ("prores_ks", "mov", Target::Slices),
    ("png", "mov", Target::Packets),
];

fn film(folder: &tempfile::TempDir, codec: &str, ending: &str) -> Source {
    let path = folder.path().join(format!("film.{ending}"));
    let to = path.to_str().expect("text");
    let input =
        format!("-f lavfi -i testsrc2=size=160x96:rate=25 -frames:v {FRAMES} -threads 1 -c:v {codec} {to}");
    ffmpeg::ffmpeg(input.split(' '), &[]);
    Source::File(path)
}

fn reader(source: &Source, target: Target) -> MessageReader {
    MessageReader::open(source, None, target, Limits::default(), None, &|| true).expect("messages")
}

/// A player of packets that a scheme encrypts, under the demonstration key; for [`Scheme::OWN`] of packets as they are.
fn player(source: &Source, target: Target, scheme: &str) -> CipherStream {
    let reader = reader(source, target);
    let concealed =
        ConcealedStream::open(source, reader.stream().index, Limits::default()).expect("a stream");
    let scheme: Scheme = scheme.parse().expect("a scheme");
    let cipher = scheme.cipher(&KeyMaterial::default()).expect("a key");
    CipherStream { packets: EncryptedPackets::new(reader, cipher), concealed, segment: None }
}

fn frames(source: &Source) -> Vec<Frame> {
    let opened = media::open(source, Layout::RGBA32, Limits::default(), &Pool::default());
    let mut reader = opened.expect("a reader");
    let next = |reader: &mut Box<dyn Frames>| reader.next_frame().expect("readable");
    std::iter::from_fn(|| next(&mut reader)).collect()
}

fn played(player: &mut CipherStream, frame: &Frame) -> Result<Vec<u8>, NoPicture> {
    let picture = player.play(frame, &Pool::default(), &|| true).expect("readable");
    picture.map(|picture| picture.to_rgba())
}

/// Frames in another order than that of the film: forwards and backwards, near and far.
const SCATTERED: [usize; 12] = [39, 3, 4, 11, 12, 10, 25, 36, 23, 0, 1, 38];

#[test]
fn a_player_of_clear_packets_shows_the_frames_however_they_are_reached() {
    for (codec, ending, _) in CODECS {
        let folder = tempfile::tempdir().expect("a folder");
        let source = film(&folder, codec, ending);
        let frames = frames(&source);
        assert_eq!(frames.len() as u64, FRAMES, "{codec}");
        for is_in_order in [true, false] {
            let order = if is_in_order { (0..frames.len()).collect() } else { SCATTERED.to_vec() };
            let mut player = player(&source, Target::Packets, "own");
            for at in order {
                let shown = played(&mut player, &frames[at]);
                let is_shown = |frame: &Frame| shown.as_deref() == Ok(&frame.bytes[..]);
                assert_eq!(frames.iter().position(is_shown), Some(at), "{codec}, in order: {is_in_order}");
            }
        }
    }
}

#[test]
fn the_picture_of_a_ciphertext_is_the_same_however_it_is_reached() {
    for (codec, ending, target) in CODECS {
        let folder = tempfile::tempdir().expect("a folder");
        let source = film(&folder, codec, ending);
        let frames = frames(&source);
        for scheme in ["aes-128-ctr", "aes-128-ecb"] {
            let mut in_order = player(&source, target, scheme);
            let expected: Vec<_> = frames.iter().map(|frame| played(&mut in_order, frame)).collect();
            let mut scattered = player(&source, target, scheme);
            for at in SCATTERED {
                let shown = played(&mut scattered, &frames[at]);
                assert!(shown == expected[at], "{codec}, {scheme}, frame {at}");
                let mut alone = player(&source, target, scheme);
                assert!(
                    played(&mut alone, &frames[at]) == expected[at],
                    "{codec}, {scheme}, frame {at} alone"
                );
            }
        }
    }
}

#[test]
fn packets_are_encrypted_as_the_messages_of_a_panel() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = film(&folder, CODECS[1].0, CODECS[1].1);
    for (target, scheme) in [
        (Target::Packets, "aes-128-gcm"),
        (Target::Nal, "aes-128-cbc"),
        (Target::Slices, "aes-128-ecb"),
        (Target::Cenc, "aes-128-ctr"),
        (Target::Cbcs, "aes-128-cbc+fixed-iv"),
    ] {
        let cipher =
            scheme.parse::<Scheme>().expect("a scheme").cipher(&KeyMaterial::default()).expect("a key");
        let CipherStream { mut packets, .. } = player(&source, target, scheme);
        let mut sent: Vec<Vec<u8>> = vec![Vec::new(); 40];
        for number in 0..FRAMES {
            let frame = packets.frame_of(number).expect("a packet").0;
            let packet = packets.packet(number, &|| true).expect("readable").expect("a packet");
            sent[usize::try_from(frame).expect("small")].extend_from_slice(packet.sent().bytes);
        }
        let mut reader = reader(&source, target);
        for (frame, sent) in (0..).map(FrameIndex).zip(sent) {
            let payload = reader.payload(frame, reader.shape(), &|| true).expect("messages");
            let (ciphertext, _) = encrypt_messages(&*cipher, &payload, &Pool::default()).expect("encrypted");
            assert!(sent == ciphertext[..] && sent != payload.bytes()[..], "{target}, frame {frame}");
        }
    }
}

#[test]
fn a_stopped_player_continues_with_the_right_picture() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = film(&folder, CODECS[0].0, CODECS[0].1);
    let frames = frames(&source);
    let mut player = player(&source, Target::Packets, "own");
    let left = std::cell::Cell::new(7);
    let stops = || left.replace(left.get() - 1) > 0;
    let stopped = player.play(&frames[30], &Pool::default(), &stops);
    assert!(matches!(stopped, Err(MediaError::Interrupted)));
    assert!(played(&mut player, &frames[30]).as_deref() == Ok(&frames[30].bytes[..]));
}
