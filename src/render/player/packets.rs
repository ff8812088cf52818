//! The packets of a stream, their messages encrypted as a scheme does.

use std::collections::VecDeque;

use crate::crypto::MessageCipher;
use crate::media::concealed::ConcealedPacket;
use crate::media::{MediaError, StartPacket};
use crate::payload::{MessageError, MessageReader};
use crate::render::encrypt::MessageEncryption;
use crate::units::FrameIndex;

/// Encrypted packets in file order.
pub(super) struct EncryptedPackets {
    reader: MessageReader,
    cipher: Box<dyn MessageCipher>,
    /// Packets that were read and are needed again.
    kept: VecDeque<EncryptedPacket>,
    /// The number of the packet that the reader returns next.
    next: u64,
}

/// A packet, its messages encrypted.
pub(super) struct EncryptedPacket {
    number: u64,
    is_key: bool,
    is_discarded: bool,
    bytes: Vec<u8>,
}

impl EncryptedPacket {
    /// The packet for a decoder.
    pub(super) fn sent(&self) -> ConcealedPacket<'_> {
        let Self { number, is_key, is_discarded, ref bytes } = *self;
        ConcealedPacket { number, is_key, is_discarded, bytes }
    }
}

impl EncryptedPackets {
    /// The packets of a stream from its first one on, to be encrypted with a cipher.
    pub(super) const fn new(reader: MessageReader, cipher: Box<dyn MessageCipher>) -> Self {
        Self { reader, cipher, kept: VecDeque::new(), next: 0 }
    }

    /// The packets at which decoding can start.
    pub(super) fn starts(&self) -> &[StartPacket] {
        self.reader.starts()
    }

    /// The frame of a packet; `None` past the last packet.
    pub(super) fn frame_of(&self, packet: u64) -> Option<FrameIndex> {
        self.reader.frame_of_packet(packet)
    }

    /// Continues at a packet.
    pub(super) fn start_at(&mut self, packet: u64) -> Result<(), MediaError> {
        self.kept.retain(|kept| kept.number >= packet);
        let first = self.kept.front().map_or(self.next, |kept| kept.number);
        if first > packet {
            self.kept.clear();
            self.reader.rewind().map_err(|error| match error {
                MessageError::Media(error) => error,
                error => {
                    MediaError::Decode { name: self.reader.source().to_string(), reason: error.to_string() }
                }
            })?;
            self.next = 0;
        }
        Ok(())
    }

    /// Packet `number`, which is the next one or a later one; `None` past the last.
    pub(super) fn packet(
        &mut self,
        number: u64,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Option<&EncryptedPacket>, MediaError> {
        if self.kept.iter().all(|kept| kept.number != number) {
            let read = loop {
                if !keep_going() {
                    return Err(MediaError::Interrupted);
                }
                let Some(read) = self.reader.next_packet()? else { return Ok(None) };
                self.next = read.packet.index + 1;
                if read.packet.index >= number {
                    break read;
                }
            };
            let mut packet = EncryptedPacket {
                number: read.packet.index,
                is_key: read.packet.is_key,
                is_discarded: read.packet.is_discarded,
                bytes: read.packet.bytes.to_vec(),
            };
            let mut encryption = MessageEncryption::new(&*self.cipher);
            for message in &read.cut.messages {
                if encryption.encrypt(message, &mut packet.bytes).is_err() {
                    // The panel shows the refusal.
                    packet.bytes.clear();
                    break;
                }
            }
            self.kept.push_back(packet);
        }
        Ok(self.kept.iter().find(|kept| kept.number == number))
    }

    /// Frees the packets before packet `number`.
    pub(super) fn drop_before(&mut self, number: u64) {
        self.kept.retain(|kept| kept.number >= number);
    }
}
