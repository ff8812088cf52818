//! Packets of RTP that were opened: a file in memory.

use std::fmt;
use std::sync::Arc;

/// A stream that was received: its packets in a container in memory, which opens like a file. Clones share the bytes.
#[derive(Clone)]
pub struct ReceivedStream {
    /// The name for messages.
    name: Arc<str>,
    file: Arc<Vec<u8>>,
}

impl ReceivedStream {
    pub(super) fn new(name: &str, file: Vec<u8>) -> Self {
        Self { name: name.into(), file: Arc::new(file) }
    }

    /// The bytes of the container.
    pub(in crate::media) fn bytes(&self) -> ReceivedBytes {
        ReceivedBytes(Arc::clone(&self.file))
    }
}

/// The bytes of the container.
#[derive(Clone)]
pub(in crate::media) struct ReceivedBytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for ReceivedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for ReceivedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReceivedBytes({})", self.0.len())
    }
}

impl PartialEq for ReceivedStream {
    /// The same stream, opened once: nothing else can be the source of the same bytes without comparing them.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && Arc::ptr_eq(&self.file, &other.file)
    }
}

impl Eq for ReceivedStream {}

impl std::hash::Hash for ReceivedStream {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for ReceivedStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReceivedStream({}, {} bytes)", self.name, self.file.len())
    }
}

impl fmt::Display for ReceivedStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
