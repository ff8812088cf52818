//! Encodings that were made while the program runs, bounded in bytes.

use std::fs;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use super::file::EncodedFile;
use super::name::Encoding;
use crate::media::source::Source;

/// The most bytes of one encoding, and of all encodings that are kept while nothing uses them.
pub const MOST_BYTES: usize = 1 << 30;

/// What an encoding is of: a source, as it was then.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key {
    source: Source,
    encoding: Encoding,
    /// Length and modification time of the file; `None` if the source is none.
    stamp: Option<(u64, Option<SystemTime>)>,
}

impl Key {
    pub(super) fn of(source: &Source, encoding: Encoding) -> Self {
        let metadata = source.path().and_then(|path| fs::metadata(path).ok());
        let stamp = metadata.map(|metadata| (metadata.len(), metadata.modified().ok()));
        Self { source: source.clone(), encoding, stamp }
    }
}

/// The encodings of this program.
pub(super) static MADE: Cache = Cache::new(MOST_BYTES);

/// How often a thread that waits for the encoding of another asks whether it is still needed.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Encodings by what they are of. The least recently used ones are dropped beyond a number of bytes.
pub(super) struct Cache {
    state: Mutex<State>,
    /// Notified when an encoding is made or given up.
    changed: Condvar,
    most_bytes: usize,
}

struct State {
    /// The most recently used one is the last.
    made: Vec<(Key, Arc<EncodedFile>)>,
    /// Encodings that were dropped: they are found for as long as something uses them.
    dropped: Vec<(Key, Weak<EncodedFile>)>,
    /// What threads are encoding.
    under_way: Vec<Key>,
}

/// What a thread is encoding. Others wait for it until this is dropped.
pub(super) struct UnderWay<'a> {
    cache: &'a Cache,
    key: Key,
}

/// An encoding, or the duty to make it.
pub(super) enum Found<'a> {
    Made(Arc<EncodedFile>),
    ToMake(UnderWay<'a>),
    /// The caller does not need it any more.
    Unneeded,
}

impl Cache {
    const fn new(most_bytes: usize) -> Self {
        let state = State { made: Vec::new(), dropped: Vec::new(), under_way: Vec::new() };
        Self { state: Mutex::new(state), changed: Condvar::new(), most_bytes }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The encoding, if it is kept.
    pub(super) fn get(&self, key: &Key) -> Option<Arc<EncodedFile>> {
        self.state().get(key)
    }

    /// The encoding. If another thread is making it, waits for that thread for as long as `is_needed` returns true.
    pub(super) fn find(&self, key: Key, mut is_needed: impl FnMut() -> bool) -> Found<'_> {
        let mut state = self.state();
        loop {
            if let Some(bytes) = state.get(&key) {
                return Found::Made(bytes);
            }
            if !state.under_way.contains(&key) {
                state.under_way.push(key.clone());
                return Found::ToMake(UnderWay { cache: self, key });
            }
            state = self.changed.wait_timeout(state, POLL_INTERVAL).unwrap_or_else(PoisonError::into_inner).0;
            if !is_needed() {
                return Found::Unneeded;
            }
        }
    }
}

impl State {
    fn get(&mut self, key: &Key) -> Option<Arc<EncodedFile>> {
        let Some(at) = self.made.iter().position(|(kept, _)| kept == key) else {
            let dropped = self.dropped.iter().find(|(dropped, _)| dropped == key);
            return dropped.and_then(|(_, file)| file.upgrade());
        };
        let used = self.made.remove(at);
        let bytes = Arc::clone(&used.1);
        self.made.push(used);
        Some(bytes)
    }
}

impl UnderWay<'_> {
    /// Keeps the encoding, and drops the least recently used ones that do not fit with it.
    pub(super) fn keep(self, file: &Arc<EncodedFile>) {
        let mut state = self.cache.state();
        let State { made, dropped, .. } = &mut *state;
        dropped.retain(|(key, file)| *key != self.key && file.strong_count() > 0);
        made.retain(|(kept, _)| *kept != self.key);
        made.push((self.key.clone(), Arc::clone(file)));
        let mut total: usize = made.iter().map(|(_, file)| file.bytes.len()).sum();
        while total > self.cache.most_bytes && !made.is_empty() {
            let (key, file) = made.remove(0);
            total -= file.bytes.len();
            dropped.push((key, Arc::downgrade(&file)));
        }
        drop(state);
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.cache.state().under_way.retain(|key| *key != self.key);
        self.cache.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::index::Index;

    fn file(bytes: usize) -> Arc<EncodedFile> {
        let index = Arc::new(Index::default());
        Arc::new(EncodedFile { bytes: vec![0; bytes], index, packet_frames: Vec::new() })
    }

    #[test]
    fn the_least_recently_used_encodings_are_dropped_beyond_the_bound() {
        let cache = Cache::new(100);
        let key = |option: u32| {
            let encoding = format!("mpeg4,g={option}").parse().expect("an encoding");
            Key::of(&Source::Demo, encoding)
        };
        let keep = |key: Key, count: usize| match cache.find(key, || true) {
            Found::ToMake(under_way) => under_way.keep(&file(count)),
            Found::Made(_) | Found::Unneeded => panic!("it is not kept"),
        };
        keep(key(1), 40);
        keep(key(2), 40);
        assert!(cache.get(&key(1)).is_some());
        keep(key(3), 40);
        let kept = [1, 2, 3].map(|option| cache.get(&key(option)).is_some());
        assert_eq!(kept, [true, false, true], "2 was not used since 1 was");
        keep(key(4), 101);
        assert!([1, 2, 3, 4].iter().all(|&option| cache.get(&key(option)).is_none()), "nothing fits");
        let used = file(101);
        let Found::ToMake(under_way) = cache.find(key(5), || true) else { panic!("it is not kept") };
        under_way.keep(&used);
        assert!(matches!(cache.find(key(5), || true), Found::Made(_)), "it is in use");
        drop(used);
        assert!(matches!(cache.find(key(5), || true), Found::ToMake(_)));
    }

    #[test]
    fn a_thread_waits_for_the_encoding_of_another_while_it_needs_it() {
        let cache = Cache::new(100);
        let key = || Key::of(&Source::Demo, "mpeg4".parse().expect("an encoding"));
        let Found::ToMake(under_way) = cache.find(key(), || true) else { panic!("nothing is kept") };
        assert!(matches!(cache.find(key(), || false), Found::Unneeded));
        let (asks, asked) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| match cache.find(key(), || asks.send(()).is_ok()) {
                Found::Made(file) => file.bytes.len(),
                Found::ToMake(_) | Found::Unneeded => 0,
            });
            asked.recv().expect("it waits");
            under_way.keep(&file(7));
            assert_eq!(waiting.join().expect("it does not panic"), 7);
        });
        let other = || Key::of(&Source::DemoStill, "mpeg4".parse().expect("an encoding"));
        drop(cache.find(other(), || true));
        assert!(matches!(cache.find(other(), || true), Found::ToMake(_)), "it was given up");
    }

    #[test]
    fn a_changed_file_is_another_source() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("film");
        let key = || Key::of(&Source::File(path.clone()), "mpeg4".parse().expect("an encoding"));
        fs::write(&path, "one").expect("it is written");
        let one = key();
        assert_eq!(key(), one);
        fs::write(&path, "other").expect("it is written");
        assert_ne!(key(), one);
    }
}
