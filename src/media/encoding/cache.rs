//! Encodings that were made while the program runs, bounded in bytes.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::name::Encoding;
use crate::media::source::Source;

/// The most bytes of one encoding, and of all encodings that are kept.
pub const MOST_BYTES: usize = 1 << 30;

/// The bytes of an encoded source.
pub(super) type Bytes = Arc<Vec<u8>>;

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
pub(super) static MADE: Cache = Cache { made: Mutex::new(Vec::new()), most_bytes: MOST_BYTES };

/// Encodings by what they are of. The least recently used ones are dropped beyond a number of bytes.
pub(super) struct Cache {
    /// The most recently used one is the last.
    made: Mutex<Vec<(Key, Bytes)>>,
    most_bytes: usize,
}

impl Cache {
    /// The encoding, if it is kept.
    pub(super) fn get(&self, key: &Key) -> Option<Bytes> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let at = made.iter().position(|(kept, _)| kept == key)?;
        let used = made.remove(at);
        let bytes = Arc::clone(&used.1);
        made.push(used);
        Some(bytes)
    }

    /// Keeps an encoding, and drops the least recently used ones that do not fit with it.
    pub(super) fn keep(&self, key: Key, bytes: &Bytes) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.retain(|(kept, _)| *kept != key);
        made.push((key, Arc::clone(bytes)));
        let mut total: usize = made.iter().map(|(_, bytes)| bytes.len()).sum();
        while total > self.most_bytes && !made.is_empty() {
            total -= made.remove(0).1.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_encodings_are_dropped_beyond_the_bound() {
        let cache = Cache { made: Mutex::default(), most_bytes: 100 };
        let key = |option: u32| {
            let encoding = format!("mpeg4,g={option}").parse().expect("an encoding");
            Key::of(&Source::Demo, encoding)
        };
        let bytes = |count: usize| Arc::new(vec![0; count]);
        cache.keep(key(1), &bytes(40));
        cache.keep(key(2), &bytes(40));
        assert!(cache.get(&key(1)).is_some());
        cache.keep(key(3), &bytes(40));
        let kept = [1, 2, 3].map(|option| cache.get(&key(option)).is_some());
        assert_eq!(kept, [true, false, true], "2 was not used since 1 was");
        cache.keep(key(1), &bytes(50));
        assert_eq!(cache.get(&key(1)).map(|bytes| bytes.len()), Some(50));
        cache.keep(key(4), &bytes(101));
        assert!([1, 2, 3, 4].iter().all(|&option| cache.get(&key(option)).is_none()), "nothing fits");
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
