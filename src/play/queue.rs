//! A queue bounded in bytes whose items belong to a generation.
//!
//! It is a plain value behind the lock of the session, so that a thread that waits for room or for an item is also
//! woken by a seek and by the end of the session.

use std::collections::VecDeque;

use crate::units::Generation;

/// First in, first out. Items of another generation than the queue's are dropped as stale.
#[derive(Debug)]
pub(super) struct Queue<T> {
    items: VecDeque<(usize, T)>,
    bytes: usize,
    most_bytes: usize,
    generation: Generation,
}

/// The result of a push.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pushed<T> {
    /// The item is in the queue.
    Yes,
    /// There is no room; the item is returned.
    Full(T),
    /// The item belongs to an older generation and was dropped.
    Stale,
}

impl<T> Queue<T> {
    /// An empty queue for at most `most_bytes` bytes; a single item may be larger.
    pub fn new(most_bytes: usize) -> Self {
        Self { items: VecDeque::new(), bytes: 0, most_bytes, generation: Generation::default() }
    }

    /// Adds an item of `bytes` bytes.
    pub fn push(&mut self, generation: Generation, bytes: usize, item: T) -> Pushed<T> {
        if generation != self.generation {
            return Pushed::Stale;
        }
        if !self.items.is_empty() && self.bytes + bytes > self.most_bytes {
            return Pushed::Full(item);
        }
        self.bytes += bytes;
        self.items.push_back((bytes, item));
        Pushed::Yes
    }

    /// True if another item of average size would fit.
    pub fn has_room(&self) -> bool {
        self.bytes + self.bytes / self.items.len().max(1) <= self.most_bytes
    }

    /// Takes the oldest item.
    pub fn pop(&mut self) -> Option<T> {
        let (bytes, item) = self.items.pop_front()?;
        self.bytes -= bytes;
        Some(item)
    }

    /// The oldest item.
    pub fn front(&self) -> Option<&T> {
        self.items.front().map(|(_, item)| item)
    }

    /// The items, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.iter().map(|(_, item)| item)
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Takes all items, oldest first.
    pub fn drain(&mut self) -> Vec<T> {
        self.bytes = 0;
        self.items.drain(..).map(|(_, item)| item).collect()
    }

    /// Empties the queue for a new generation.
    pub fn start(&mut self, generation: Generation) {
        self.drain();
        self.generation = generation;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_bounded_but_one_item_always_fits() {
        let mut queue = Queue::new(10);
        let now = Generation::default();
        assert_eq!(queue.push(now, 50, 'a'), Pushed::Yes);
        assert_eq!(queue.push(now, 1, 'b'), Pushed::Full('b'));
        assert_eq!(queue.pop(), Some('a'));
        assert_eq!(queue.push(now, 6, 'b'), Pushed::Yes);
        assert_eq!(queue.push(now, 4, 'c'), Pushed::Yes);
        assert_eq!(queue.push(now, 1, 'd'), Pushed::Full('d'));
    }

    #[test]
    fn there_is_room_as_long_as_an_item_of_average_size_fits() {
        let mut queue = Queue::new(10);
        let now = Generation::default();
        assert!(queue.has_room());
        assert_eq!((queue.push(now, 4, 'a'), queue.has_room()), (Pushed::Yes, true));
        assert_eq!((queue.push(now, 4, 'b'), queue.has_room()), (Pushed::Yes, false));
        queue.pop();
        assert!(queue.has_room());
    }

    #[test]
    fn items_of_an_older_generation_are_dropped() {
        let mut queue = Queue::new(10);
        let old = Generation::default();
        assert_eq!(queue.push(old, 1, 'a'), Pushed::Yes);
        queue.start(old.next());
        assert_eq!(queue.len(), 0);
        assert_eq!(queue.push(old, 1, 'b'), Pushed::Stale);
        assert_eq!(queue.push(old.next(), 1, 'c'), Pushed::Yes);
    }
}
