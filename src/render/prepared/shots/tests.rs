//! Windows of tones: which frames are read and encrypted, and when parts are ready.

use std::sync::atomic::AtomicU64;

use crate::crypto::{DecryptError, EncryptError, KeyMaterial, Parameters, Scheme};
use crate::media::{self, Index, Limits, Source, SourceInfo};
use crate::picture::Colour;
use crate::picture::Shape;
use crate::picture::layout::Layout;
use crate::render::prepared::shots::*;
use crate::runtime::pool::Buffer;
use crate::units::MessageNumber;

/// Small frames whose bytes are a function of the frame number and the position.
struct MadeFrames {
    byte: fn(u64, u64) -> u64,
    next: u64,
    source: Box<dyn Frames>,
}

impl MadeFrames {
    fn of(byte: fn(u64, u64) -> u64) -> Self {
        let source = media::open(&Source::Demo, Layout::RGBA32, Limits::default(), &Pool::default());
        Self { byte, next: 0, source: source.expect("the demo is bundled") }
    }
}

/// A byte without a pattern.
fn noise(frame: u64, i: u64) -> u64 {
    (frame << 32 | i).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56
}

/// Shots of twenty frames; each shot has forty values, which move.
fn shots(frame: u64, i: u64) -> u64 {
    noise(frame / 20 + 1, (i / 16 * 7 + frame) % 40 * 16 + i % 16)
}

impl Frames for MadeFrames {
    fn info(&self) -> &SourceInfo {
        self.source.info()
    }

    fn set_layout(&mut self, _: Layout) {}

    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
        let (shape, layout) = (Shape::new(32, 8), Layout::RGBA32);
        let byte = |i: usize| (self.byte)(self.next, i as u64).to_le_bytes()[0];
        let bytes: Vec<u8> = (0..shape.pixels() * 4).map(byte).collect();
        self.next += 1;
        Ok(Some(Frame {
            index: FrameIndex(self.next - 1),
            time_secs: 0.0,
            duration_secs: 0.04,
            shape,
            layout,
            colour: Colour::default(),
            bytes: Arc::new(Buffer::from(bytes)),
        }))
    }

    fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError> {
        self.next = index.0;
        Ok(())
    }

    fn index(&self) -> Option<&Arc<Index>> {
        None
    }

    fn set_index(&mut self, _: Arc<Index>) {}

    fn take_problems(&mut self) -> Vec<String> {
        Vec::new()
    }
}

/// Counts the frames that are encrypted.
struct Counted(Box<dyn MessageCipher>, AtomicU64);

impl MessageCipher for Counted {
    fn encrypt(
        &self,
        message: MessageNumber,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
    ) -> Result<Parameters, EncryptError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.encrypt(message, plaintext, ciphertext)
    }

    fn decrypt(&self, _: MessageNumber, _: &[u8], _: Option<&[u8]>) -> Result<Vec<u8>, DecryptError> {
        unreachable!("an eavesdropper has no key")
    }
}

fn prepare(
    cipher: &dyn MessageCipher,
    window: Window,
    frames: &mut MadeFrames,
    on_part: &mut dyn FnMut(ToneWindow) -> ControlFlow<()>,
) -> ToneWindow {
    let mut progress = |_| ControlFlow::Continue(());
    ToneWindow::prepare(&ToneAttack, cipher, window, frames, &Pool::default(), &mut progress, on_part)
        .expect("readable")
}

#[test]
fn a_part_equals_the_same_part_of_the_whole_and_may_be_enough() {
    let scheme: Scheme = "aes-128-ecb".parse().expect("a scheme");
    let cipher = scheme.cipher(&KeyMaterial::default()).expect("a key");
    let window = Window::around(scheme, FrameIndex(130));
    let mut ends = Vec::new();
    let whole = prepare(&*cipher, window, &mut MadeFrames::of(shots), &mut |ready| {
        ends.push(ready.end.expect("a part is not whole"));
        ControlFlow::Continue(())
    });
    assert_eq!(whole.cuts().collect::<Vec<_>>(), [120, 140, 160, 180, 200, 220].map(FrameIndex));
    assert!(ends.is_sorted() && ends.contains(&FrameIndex(140)) && ends.last() == Some(&window.end()));
    assert!(whole.is_whole() && whole.has(FrameIndex(239)));

    // With one core, a part is prepared after it was read; otherwise while the next two are read.
    for (threads, most_read) in [(1, 141), (3, 181)] {
        let mut frames = MadeFrames::of(shots);
        let cores = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let first = cores.install(|| {
            prepare(&*cipher, window, &mut frames, &mut |ready| {
                let is_enough = ready.has(FrameIndex(139));
                if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
        });
        assert!(frames.next <= most_read, "{} frames were read", frames.next);
        assert!(first.has(FrameIndex(139)) && !first.has(FrameIndex(140)) && !first.is_whole());
        let tones = [&first, &whole].map(|window| tones(&*cipher, window));
        assert_eq!(tones[0], tones[1]);
        let painted = tones[0].iter().flatten().count();
        assert!(painted * 2 > tones[0].len(), "{painted} of {}", tones[0].len());
    }
}

/// The tones of frame 139 of the shots.
fn tones(cipher: &dyn MessageCipher, window: &ToneWindow) -> Vec<Option<crate::leak::tone::Tones>> {
    let frame =
        MadeFrames { next: 139, ..MadeFrames::of(shots) }.next_frame().expect("it is made").expect("a frame");
    let mut ciphertext = Buffer::from(vec![0; frame.bytes.len()]);
    cipher.ciphertext(frame.index.into(), &frame.bytes, &mut ciphertext).expect("ECB takes any frame");
    let mut tones = Vec::new();
    window.found(frame.index).expect("values repeat").look_up(&ciphertext, &mut tones);
    tones
}

#[test]
fn if_nothing_repeats_few_frames_are_encrypted() {
    let scheme: Scheme = "aes-128-gcm".parse().expect("a scheme");
    let cipher = Counted(scheme.cipher(&KeyMaterial::default()).expect("a key"), AtomicU64::new(0));
    let mut noise = MadeFrames::of(noise);
    let window = Window::around(scheme, FrameIndex(300));
    let known = prepare(&cipher, window, &mut noise, &mut |_| ControlFlow::Continue(()));
    assert!(known.found(FrameIndex(300)).is_none());
    assert_eq!(noise.next, window.end().0, "all were read: something may repeat at any time");
    assert_eq!(
        cipher.1.into_inner(),
        FRAMES_WITHOUT_REPEATS + (Window::FRAMES - FRAMES_WITHOUT_REPEATS) / REPEAT_SEARCH_INTERVAL
    );
}

#[test]
fn the_caller_can_cancel_while_a_part_is_prepared() {
    // The result is sent after three calls of `report`, or after a timeout.
    let (sender, ready) = mpsc::channel();
    let (report_sender, reports) = mpsc::channel();
    let late = std::thread::spawn(move || {
        let in_time = (0..3).all(|_| reports.recv_timeout(Duration::from_secs(5)).is_ok());
        let _ = sender.send(in_time);
    });
    let report = || {
        let _ = report_sender.send(());
        Ok(())
    };
    assert!(next(&ready, report).expect("it is not cancelled"), "`report` is called during the wait");
    late.join().expect("it ends");
    let cancelled = next(&ready, || Err(MediaError::Interrupted));
    assert!(matches!(cancelled, Err(MediaError::Interrupted)));
}

#[test]
fn the_windows_of_a_video_cover_it_once() {
    let ecb: Scheme = "aes-128-ecb".parse().expect("a scheme");
    let window = |frame| Window::around(ecb, FrameIndex(frame));
    assert_eq!(window(0), window(Window::FRAMES - 1));
    assert_eq!(window(Window::FRAMES - 1).end(), window(Window::FRAMES).first());
    let alone = Window::around("aes-128-ecb+key-per-frame".parse().expect("a scheme"), FrameIndex(7));
    assert_eq!((alone.first(), alone.end()), (FrameIndex(7), FrameIndex(8)));
}
