//! Files that another program encrypted: Common Encryption (ISO/IEC 23001-7), schemes `cenc`, `cens`, `cbc1` and
//! `cbcs`.
//!
//! ```text
//! tables of the file ──▶ packet      which bytes of each packet are encrypted
//! all packets        ──▶ stream      how much of a stream is encrypted, in what way
//! times of packets   ──▶ locked      frames of a video whose content key is not known
//! ```

pub(super) mod content_key;
pub(super) mod locked;
pub(super) mod packet;
mod stream;

pub use packet::{Coverage, PacketEncryption, Part};
pub use stream::{StreamEncryption, encryption_of, is_encrypted, is_locked};
