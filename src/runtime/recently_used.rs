//! Values that are kept so that none is made twice, bounded in number and bytes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Values by their keys. Beyond its bounds the least recently used ones are dropped, but never the one that was used last.
pub struct RecentlyUsed<K, V> {
    /// The most recently used one is the last. Those that are being made have no bytes yet.
    kept: Mutex<Vec<Kept<K, V>>>,
    most: usize,
    most_bytes: usize,
}

struct Kept<K, V> {
    key: K,
    /// Locked while the value is made.
    value: Arc<Mutex<Option<V>>>,
    bytes: usize,
}

impl<K: PartialEq + Clone, V: Clone> RecentlyUsed<K, V> {
    /// Keeps at most `most` values with at most `most_bytes` in all.
    #[must_use]
    pub const fn new(most: usize, most_bytes: usize) -> Self {
        Self { kept: Mutex::new(Vec::new()), most, most_bytes }
    }

    /// The value of a key. `make` makes it with its bytes if it is not kept; other threads that want it wait meanwhile.
    ///
    /// # Errors
    /// Those of `make`; nothing is kept then.
    pub fn get<E>(&self, key: &K, make: impl FnOnce() -> Result<(V, usize), E>) -> Result<V, E> {
        let cell = self.used(key);
        let mut value = cell.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = &*value {
            return Ok(value.clone());
        }
        let (new, bytes) = make()?;
        *value = Some(new.clone());
        drop(value);
        self.note_bytes(key, bytes);
        Ok(new)
    }

    /// The value of a key, if it is kept. Never waits for a value to be made.
    pub fn known(&self, key: &K) -> Option<V> {
        self.known_where(|other| other == key)
    }

    /// The value that was used last of those whose keys are wanted, if it is kept. Never waits for a value to be made.
    pub fn known_where(&self, is_wanted: impl Fn(&K) -> bool) -> Option<V> {
        let found =
            self.all().iter().rev().find(|kept| is_wanted(&kept.key)).map(|kept| Arc::clone(&kept.value));
        let cell = found?;
        let value = cell.try_lock().ok()?;
        value.clone()
    }

    fn all(&self) -> MutexGuard<'_, Vec<Kept<K, V>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The cell of a key, which is now the one that was used last.
    fn used(&self, key: &K) -> Arc<Mutex<Option<V>>> {
        let mut all = self.all();
        let used = match all.iter().position(|kept| kept.key == *key) {
            Some(at) => all.remove(at),
            None => Kept { key: key.clone(), value: Arc::default(), bytes: 0 },
        };
        let cell = Arc::clone(&used.value);
        all.push(used);
        cell
    }

    /// Notes how large a value is, and drops what is too much.
    fn note_bytes(&self, key: &K, bytes: usize) {
        let mut all = self.all();
        if let Some(kept) = all.iter_mut().find(|kept| kept.key == *key) {
            kept.bytes = bytes;
        }
        let mut bytes: usize = all.iter().map(|kept| kept.bytes).sum();
        while all.len() > 1 && (all.len() > self.most || bytes > self.most_bytes) {
            bytes -= all.remove(0).bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(values: &RecentlyUsed<u32, u32>, key: u32, bytes: usize) -> u32 {
        values.get(&key, || Ok::<_, ()>((key * 10, bytes))).expect("a value")
    }

    fn kept(values: &RecentlyUsed<u32, u32>) -> Vec<u32> {
        (0..10).filter(|key| values.known(key).is_some()).collect()
    }

    #[test]
    fn the_least_recently_used_values_are_dropped_beyond_the_bounds() {
        let values = RecentlyUsed::new(3, 100);
        for key in [1, 2, 3, 1, 4] {
            assert_eq!(keep(&values, key, 10), key * 10);
        }
        assert_eq!(kept(&values), [1, 3, 4], "2 was not used since 1 was");
        keep(&values, 5, 85);
        assert_eq!(kept(&values), [4, 5], "95 bytes");
        keep(&values, 6, 101);
        assert_eq!(kept(&values), [6], "the last one stays, however large it is");
    }

    #[test]
    fn a_value_is_made_once_and_not_kept_if_that_fails() {
        let values: RecentlyUsed<u32, u32> = RecentlyUsed::new(3, 100);
        assert_eq!(values.get(&1, || Err("no")), Err("no"));
        assert_eq!(values.known(&1), None);
        keep(&values, 1, 1);
        assert_eq!(values.get(&1, || Err("made again")), Ok(10));
        let seen_while_making = values.get(&2, || {
            let known = [1, 2].map(|key| u32::from(values.known(&key).is_some()));
            let other = keep(&values, 3, 1);
            Ok::<_, ()>((100 * known[0] + 10 * known[1] + other, 1))
        });
        assert_eq!(seen_while_making, Ok(130), "1 is known, 2 is not yet, and 3 is made meanwhile");
    }
}
