//! Runs everything that the program does with a file. A panic is a failure, and so is a broken promise of the library.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use afterimage::crypto::{KeyMaterial, Scheme};
use afterimage::export::encrypted_mp4;
use afterimage::media::mp4::Mp4Box;
use afterimage::media::{self, Frames, Limits, Source};
use afterimage::payload::{CutPacket, MessageReader, Payload, Target};
use afterimage::picture::Shape;
use afterimage::picture::drawing::Drawing;
use afterimage::picture::layout::Layout;
use afterimage::render::encrypt_messages;
use afterimage::runtime::pool::{Buffer, Pool};
use afterimage::scene::{Panel, Scene, SceneFile, default_scheme};
use afterimage::units::FrameIndex;

use crate::mutate::Random;
use crate::seeds;

/// Small limits, so that a picture is decoded quickly. Other tests cover the usual limits.
pub const LIMITS: Limits = Limits { side: 2048, pixels: 1 << 20 };

/// The targets that cut packets.
const TARGETS: [Target; 6] =
    [Target::Packets, Target::Nal, Target::Slices, Target::Cenc, Target::Cbcs, Target::Samples];

/// The number of frames that are decoded in order and after a seek.
const FRAMES: usize = 24;

/// Opens a file, decodes frames, makes its index, and seeks.
pub fn media(path: &Path, number: u64) {
    let mut random = Random::of(number);
    let layouts = [Layout::RGBA32, Layout::RGB24, Layout::GRAY8, Layout::YUV420P];
    let layout = *random.one_of(&layouts);
    let source = Source::File(path.into());
    let target = *random.one_of(&TARGETS);
    // Without a key, with the key of the encrypted clips, and with a wrong key.
    let keys = [None, seeds::KEY.parse().ok(), "5".repeat(32).parse().ok()];
    let source = source.with_key(random.one_of(&keys).clone());
    own(&source);
    messages(&source, target);
    encrypted_mp4(&source, *random.one_of(&[Target::Cenc, Target::Cbcs]));
    // The pictures of the video, or the waveform of the sound.
    let source = random.one_of(&[target.footage(&source, None), source]).clone();
    let index = media::scan(&source, LIMITS, &mut |_| ControlFlow::Continue(()));
    let Ok(mut reader) = media::open(&source, layout, LIMITS, &Pool::default()) else { return };
    decode(&mut *reader, layout);
    if let Ok(index) = index {
        assert!(index.frames() < 1 << 32, "{} frames in a small file", index.frames());
        let frames = usize::try_from(index.frames()).expect("few frames");
        reader.set_index(index);
        for _ in 0..3 {
            let at = FrameIndex(random.below(frames + 1) as u64);
            if reader.seek(at).is_ok() {
                decode(&mut *reader, layout);
            }
        }
    }
    let _ = reader.take_problems();
}

/// Cuts the packets of a file into messages, which must lie within the packets, and encrypts the messages.
fn messages(source: &Source, target: Target) {
    let Ok(mut reader) = MessageReader::open(source, None, target, LIMITS, None, &|| true) else { return };
    while let Ok(Some(CutPacket { packet, cut, .. })) = reader.next_packet() {
        let mut at = 0;
        for message in &cut.messages {
            assert!(at <= message.range.start && message.range.end <= packet.bytes.len(), "{message:?}");
            at = message.range.end;
        }
        let bytes = Arc::new(Buffer::from(packet.bytes.to_vec()));
        let payload = Payload::of_messages(bytes, cut.messages, Shape::new(64, 48));
        let scheme: Scheme = default_scheme(target).parse().expect("a scheme");
        let cipher = scheme.cipher(&KeyMaterial::default()).expect("the demonstration key");
        let (ciphertext, _) = encrypt_messages(&*cipher, &payload, &Pool::default()).expect("any length");
        assert_eq!(ciphertext.len(), payload.bytes().len());
        assert!(payload.blocks(&ciphertext).len() <= ciphertext.len());
    }
    let _ = reader.take_problems();
}

/// Reads how a file is encrypted, and its packets with the scheme `own`.
pub fn own(source: &Source) {
    if let Ok(streams) = media::encryption_of(source, LIMITS, &mut |_| ControlFlow::Continue(())) {
        assert!(streams.iter().all(|stream| stream.clear_bytes <= stream.bytes), "{streams:?}");
    }
    let Ok(mut reader) = MessageReader::open_own(source, None, LIMITS, None, &|| true) else { return };
    let is_locked = reader.is_locked();
    for n in 0..FRAMES as u64 {
        let Ok(payload) = reader.payload(FrameIndex(n), Shape::new(64, 48), &|| true) else { return };
        assert_eq!(payload.is_locked(), is_locked);
        let (cipher, pool) = (Scheme::OWN.cipher(&KeyMaterial::default()).expect("no key"), Pool::default());
        let (bytes, _) = encrypt_messages(&*cipher, &payload, &pool).expect("any length");
        assert!(bytes[..] == payload.bytes()[..], "the scheme own does not change the bytes");
        assert!(payload.clear_bytes(false) + payload.block_bytes() <= payload.bytes().len());
    }
}

/// Writes the packets of a file as an encrypted MP4.
fn encrypted_mp4(source: &Source, target: Target) {
    let scheme: Scheme = default_scheme(target).parse().expect("a scheme");
    let key = (scheme, &KeyMaterial::default());
    let spool = tempfile::tempfile().expect("a temporary file");
    let mut out = Vec::new();
    if let Ok(report) = encrypted_mp4::write(source, LIMITS, target, key, spool, &mut out, &|| true) {
        assert_eq!(report.file_bytes, out.len() as u64);
        Mp4Box::read_all(&out).expect("boxes that fill the file");
    }
}

/// Decodes some frames. Each must have the length of its layout and shape.
pub fn decode(reader: &mut dyn Frames, layout: Layout) {
    for _ in 0..FRAMES {
        let Ok(Some(frame)) = reader.next_frame() else { return };
        assert_eq!(frame.bytes.len(), layout.frame_bytes(frame.shape), "{:?}", frame.shape);
        assert!(frame.time_secs.is_finite(), "frame {} at {}", frame.index, frame.time_secs);
    }
}

/// Reads a scene, a drawing or panels. A value that can be read must be written such that it reads back.
pub fn text(path: &Path) {
    let bytes = std::fs::read(path).expect("the input of the case");
    let text = String::from_utf8_lossy(&bytes);
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("toml") => scene_file(path),
        Some("drawing") => drawing(&text),
        Some("json") => {
            if let Ok(scene) = serde_json::from_slice::<Scene>(&bytes) {
                assert_reads_back(&scene);
            }
        }
        _ => text.lines().for_each(panel),
    }
}

fn scene_file(path: &Path) {
    let Ok(file) = SceneFile::read(path) else { return };
    assert_reads_back(&file.scene);
    if let Source::Canvas(drawn) = &file.scene.source {
        drawing(&drawn.to_string());
    }
}

fn assert_reads_back(scene: &Scene) {
    let text = serde_json::to_string(scene).expect("a scene serializes");
    assert_eq!(&serde_json::from_str::<Scene>(&text).expect("it reads back"), scene);
}

fn drawing(text: &str) {
    let Ok(drawing) = text.parse::<Drawing>() else { return };
    assert_eq!(drawing.to_string().parse::<Drawing>().expect("it reads back"), drawing);
    let source = Source::Canvas(drawing.into());
    let mut reader =
        media::open(&source, Layout::RGBA32, Limits::default(), &Pool::default()).expect("a canvas");
    decode(&mut *reader, Layout::RGBA32);
}

fn panel(text: &str) {
    let Ok(panel) = text.parse::<Panel>() else { return };
    assert_eq!(panel.to_string().parse::<Panel>().expect("it reads back"), panel, "{text}");
}
