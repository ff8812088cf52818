//! Values that are kept so that none is made twice, bounded in number and bytes.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Values by their keys. Beyond its bounds the least recently used ones are dropped, but never the one that was used last.
pub struct RecentlyUsed<K, V> {
    /// The most recently used one is the last.
    kept: Mutex<Vec<Kept<K, V>>>,
    most: usize,
    most_bytes: usize,
}

struct Kept<K, V> {
    key: K,
    value: V,
    bytes: usize,
}

impl<K: PartialEq, V: Clone> RecentlyUsed<K, V> {
    /// Keeps at most `most` values with at most `most_bytes` in all.
    #[must_use]
    pub const fn new(most: usize, most_bytes: usize) -> Self {
        Self { kept: Mutex::new(Vec::new()), most, most_bytes }
    }

    /// The value of a key. `make` makes it with its bytes if it is not kept; other threads wait meanwhile.
    ///
    /// # Errors
    /// Those of `make`; nothing is kept then.
    pub fn get<E>(&self, key: K, make: impl FnOnce() -> Result<(V, usize), E>) -> Result<V, E> {
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let used = match all.iter().position(|kept| kept.key == key) {
            Some(at) => all.remove(at),
            None => make().map(|(value, bytes)| Kept { key, value, bytes })?,
        };
        let value = used.value.clone();
        all.push(used);
        self.drop_excess(all);
        Ok(value)
    }

    /// The value of a key, if it is kept; `None` also while another thread makes a value. Never waits.
    pub fn known(&self, key: &K) -> Option<V> {
        let all = self.kept.try_lock().ok()?;
        all.iter().find(|kept| kept.key == *key).map(|kept| kept.value.clone())
    }

    fn drop_excess(&self, mut all: MutexGuard<'_, Vec<Kept<K, V>>>) {
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
        values.get(key, || Ok::<_, ()>((key * 10, bytes))).expect("a value")
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
        assert_eq!(values.get(1, || Err("no")), Err("no"));
        assert_eq!(values.known(&1), None);
        keep(&values, 1, 1);
        assert_eq!(values.get(1, || Err("made again")), Ok(10));
        let seen_while_making = values.get(2, || Ok::<_, ()>((u32::from(values.known(&1).is_some()), 1)));
        assert_eq!(seen_while_making, Ok(0), "it does not wait");
    }
}
