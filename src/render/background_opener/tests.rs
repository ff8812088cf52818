use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::*;
use crate::media::{self, Limits};
use crate::runtime::pool::Pool;

/// Opens real sources, and counts how many readers there are at most.
#[derive(Default)]
struct Counting {
    now: Arc<AtomicUsize>,
    most: AtomicUsize,
    opened: AtomicUsize,
}

struct Counted(Box<dyn Frames>, Arc<AtomicUsize>);

impl Opener for Counting {
    fn open(&self, source: &Source, layout: Layout) -> Result<Box<dyn Frames>, MediaError> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.opened.fetch_add(1, Ordering::SeqCst);
        let reader = media::open(source, layout, Limits::default(), &Pool::default())?;
        Ok(Box::new(Counted(reader, Arc::clone(&self.now))))
    }

    fn scan(&self, source: &Source, progress: Progress<'_>) -> Result<Arc<Index>, MediaError> {
        media::scan(source, Limits::default(), progress)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.1.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Frames for Counted {
    fn info(&self) -> &SourceInfo {
        self.0.info()
    }

    fn set_layout(&mut self, layout: Layout) {
        self.0.set_layout(layout);
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
        self.0.next_frame()
    }

    fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError> {
        self.0.seek(index)
    }

    fn index(&self) -> Option<&Arc<Index>> {
        self.0.index()
    }

    fn set_index(&mut self, index: Arc<Index>) {
        self.0.set_index(index);
    }

    fn take_problems(&mut self) -> Vec<String> {
        self.0.take_problems()
    }
}

fn read(reader: &mut dyn Frames) -> (u64, usize) {
    let frame = reader.next_frame().expect("readable").expect("a frame");
    (frame.index.0, frame.bytes.len())
}

#[test]
fn two_readers_share_a_decoder_and_each_goes_on_where_it_was() {
    let counting = Arc::new(Counting::default());
    let opener = BackgroundOpener::new(Arc::clone(&counting) as Arc<dyn Opener>);
    let colour = Layout::RGBA32
        .frame_bytes(opener.open(&Source::Demo, Layout::RGBA32).expect("the demo").info().shape());
    let mut one = opener.open(&Source::Demo, Layout::RGBA32).expect("the demo");
    let mut other = opener.open_single_threaded(&Source::Demo, Layout::GRAY8).expect("the demo");
    other.seek(FrameIndex(40)).expect("a frame");
    for n in 0..2 {
        assert_eq!(read(&mut *one), (n, colour));
        assert_eq!(read(&mut *other), (40 + n, colour / 4));
    }
    assert_eq!(counting.most.load(Ordering::SeqCst), 1);
    drop((one, other));
    assert_eq!(counting.now.load(Ordering::SeqCst), 0, "the decoder goes with the last user");
}

#[test]
fn a_user_keeps_the_decoder_for_a_while_unless_it_leaves() {
    let turn = |turn| State { turn, ..State::default() };
    let now = Instant::now();
    let is_others = |state: State| [1, 2].map(|user| state.is_others_turn(user));
    assert_eq!(is_others(turn(Some((1, now + LEAST_TURN)))), [false, true]);
    assert_eq!(is_others(turn(now.checked_sub(LEAST_TURN).map(|since| (1, since)))), [false, false]);
    assert_eq!(is_others(turn(None)), [false, false]);
    let opener = BackgroundOpener::new(Arc::<Counting>::default());
    drop(opener.open(&Source::Demo, Layout::RGBA32).expect("the demo"));
    assert_eq!(opener.shared.state().turn, None);
}

#[test]
fn readers_in_the_background_wait_while_other_work_has_a_decoder() {
    let counting = Arc::new(Counting::default());
    let opener = BackgroundOpener::new(Arc::clone(&counting) as Arc<dyn Opener>);
    let mut reader = opener.open(&Source::Demo, Layout::RGBA32).expect("the demo");
    read(&mut *reader);
    let first = opener.pausing().open(&Source::Demo, Layout::RGBA32).expect("the demo");
    assert_eq!(counting.now.load(Ordering::SeqCst), 1, "that of the reader for which the others wait");
    let waiting = thread::spawn(move || read(&mut *reader).0);
    thread::sleep(POLL_INTERVAL);
    assert!(!waiting.is_finished());
    drop(first);
    assert_eq!(waiting.join().expect("no panic"), 1, "and then it goes on");
    assert_eq!((counting.opened.load(Ordering::SeqCst), counting.most.load(Ordering::SeqCst)), (3, 1));
}

#[test]
fn a_reader_that_is_interrupted_waits_no_longer() {
    let opener = BackgroundOpener::new(Arc::<Counting>::default());
    let mut reader = opener.open(&Source::Demo, Layout::RGBA32).expect("the demo");
    let _first = opener.pausing().open(&Source::Demo, Layout::RGBA32).expect("the demo");
    reader.set_interrupt(Box::new(|| true));
    assert!(matches!(reader.next_frame(), Err(MediaError::Interrupted)));
}
