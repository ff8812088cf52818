//! Streams that are made, not captured: both what a receiver with the key decodes and what was transmitted.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::error::CaptureError;
use super::open::{Bytes, Opened, TransmittedAs};
use super::transmitted::Payloads;
use crate::media::error::MediaError;
use crate::media::limits::Limits;
use crate::media::rtp::{self, MediaDescription};
use crate::media::source::Source;
use crate::wire::rtp::Packet;

/// What makes a stream.
pub trait Simulation: Any + fmt::Debug + Send + Sync {
    /// Its name, which states all that the stream is made of: two simulations with one name make the same stream.
    fn name(&self) -> String;

    /// The stream. It is made if it was not made before.
    ///
    /// # Errors
    /// [`MediaError`] if what it is made of cannot be read.
    fn stream(&self) -> Result<Arc<MadeStream>, MediaError>;
}

/// A stream of a simulation.
#[derive(Clone, Debug)]
pub struct SimulatedSource {
    simulation: Arc<dyn Simulation>,
    /// That of the simulation: sources are compared often.
    name: Arc<str>,
    /// True for its packets as they were transmitted.
    is_as_transmitted: bool,
}

/// A stream that was made.
pub struct MadeStream {
    decoded: Arc<Opened>,
    transmitted: Arc<Opened>,
}

/// What a receiver with the key decodes of a stream, ready to be opened.
#[derive(Clone)]
pub struct DecodedStream(Arc<Opened>);

impl DecodedStream {
    /// Decodes a stream of RTP from its packets before encryption. Packets must be in order, none missing.
    ///
    /// # Errors
    /// If they cannot be decoded.
    pub fn new<'a>(
        name: &str,
        description: &MediaDescription,
        packets: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, MediaError> {
        let packets = packets.into_iter().map(<[u8]>::to_vec);
        let received =
            rtp::receive(name, description, packets, Limits::default()).map_err(CaptureError::from)?;
        let Source::Received(stream) = received else { return Err(MediaError::NoSource) };
        let bytes = Bytes::Media(stream.bytes());
        Ok(Self(Arc::new(Opened { name: name.to_owned(), bytes, problems: Vec::new() })))
    }

    /// Bytes in memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0.bytes.len()
    }
}

impl MadeStream {
    /// A decoded stream and its packets as they were transmitted.
    #[must_use]
    pub fn new<'a>(
        name: &str,
        decoded: &DecodedStream,
        description: &MediaDescription,
        transmitted: impl IntoIterator<Item = &'a [u8]>,
    ) -> Self {
        let mut payloads = Payloads::new(description.format.clock_rate);
        for bytes in transmitted {
            if let Ok(packet) = Packet::parse(bytes) {
                payloads.add(&packet);
            }
        }
        let raw_shape = rtp::raw_shape(description);
        let (container, codec) = ("call", format!("{}, encrypted", description.format.encoding));
        let transmitted = TransmittedAs { container, codec, has_rows: raw_shape.is_some() };
        let bytes = Bytes::Transmitted(payloads.into_file(raw_shape).into(), Arc::new(transmitted));
        let transmitted = Arc::new(Opened { name: name.to_owned(), bytes, problems: Vec::new() });
        Self { decoded: Arc::clone(&decoded.0), transmitted }
    }

    /// Bytes in memory, apart from those of the decoded stream.
    #[must_use]
    pub fn transmitted_bytes(&self) -> usize {
        self.transmitted.bytes.len()
    }
}

impl SimulatedSource {
    /// The stream as it is decoded with the key.
    #[must_use]
    pub fn new(simulation: Arc<dyn Simulation>) -> Self {
        let name = simulation.name().into();
        Self { simulation, name, is_as_transmitted: false }
    }

    /// The same stream, as it was transmitted.
    #[must_use]
    pub fn as_transmitted(&self) -> Self {
        Self { is_as_transmitted: true, ..self.clone() }
    }

    /// The simulation, if it is of this type.
    #[must_use]
    pub fn simulation_as<T: Simulation>(&self) -> Option<&T> {
        let simulation: &dyn Any = &*self.simulation;
        simulation.downcast_ref()
    }

    /// The opened stream.
    pub(in crate::media) fn opened(&self) -> Result<Arc<Opened>, MediaError> {
        let stream = self.simulation.stream()?;
        Ok(Arc::clone(if self.is_as_transmitted { &stream.transmitted } else { &stream.decoded }))
    }
}

impl PartialEq for SimulatedSource {
    fn eq(&self, other: &Self) -> bool {
        self.is_as_transmitted == other.is_as_transmitted && self.name == other.name
    }
}

impl Eq for SimulatedSource {}

impl Hash for SimulatedSource {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.is_as_transmitted, &self.name).hash(state);
    }
}

impl fmt::Display for SimulatedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
