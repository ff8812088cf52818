//! A simulated conference: parties send RTP through a media server, under one of five protections, and observers try what
//! they can make of it. Nothing is sent anywhere: packets are values, and the call is a file in the end.
//!
//! ```text
//!            sent              traffic                                   bundle ──▶ call.pcapng, SDP, keys, README
//! sources ──▶ RTP of every ──▶ protected packets on every link, ──┬──▶
//!             party            by the media server's forwarding   │
//!             keys ────────────▲                                  └──▶ trial ──▶ table: who sees what
//!                                 observer: packets seen, keys held ──▲
//! ```
//!
//! | files | what they are for |
//! |---|---|
//! | `settings`, `party`, `key_server` | what a call is made of |
//! | `network` | links, addresses, ports, SSRCs, times |
//! | `keys` | which keys exist, and which one a packet is encrypted with |
//! | `key_transfer` | where keys are made and where they travel |
//! | `sent`, `traffic`, `recording` | the RTP of every party; the packets on every link; what a recorder keeps of them |
//! | `observer` | the packets that each observer sees and the keys that it holds |
//! | `trial` | opens packets with these keys, decodes them, compares with what was sent |
//! | `table`, `notes` | a verdict for each protection, kind of media and observer; what must be known to read it |
//! | `planned`, `source` | a call as text, and as a source that plays |
//! | `shares` | the progress of parallel work |
//! | `bundle` | the folder of a call: captures, descriptions, keys, a script, a README |
//!
//! **What is modelled.** The layout of the media packets of the 2020 service was never published: `one-key-ecb` and
//! `per-stream-gcm` are modelled, and so are the topology with one media server, the labels of the keys, the absence of
//! delay, loss and RTCP, and the waiting room under protections other than `one-key-ecb`.
//!
//! This room knows no arguments and no windows. It opens no socket.

mod bundle;
mod error;
mod key_server;
mod key_transfer;
mod keys;
mod limits;
mod network;
mod notes;
mod observer;
mod party;
mod planned;
mod recording;
mod sent;
mod settings;
mod shares;
mod source;
mod table;
mod traffic;
mod trial;

pub use bundle::{BundleOptions, write_bundle};
pub use error::CallError;
pub use key_server::{KeyServer, NoKeyServer};
pub use key_transfer::{KeyScope, KeyTransfer, Station, how_keys_came, key_transfers, packets_seen};
pub use keys::{KeyName, KeyPurpose, key_labels};
pub use limits::{MOST_SECS, MOST_TABLE_SECS};
pub use network::{Direction, Link, MediaKind, START_NANOS, StreamId};
pub use notes::{notes, notes_on_observer};
pub use observer::{Observer, Segment, UnknownObserver, View, view};
pub use party::{MOST_PARTIES, Party, PartyError};
pub use planned::{NoCall, PlannedCall, is_call};
pub use recording::{RecordedPacket, Recording};
pub use sent::SentCall;
pub use settings::{CallSettings, EcbKeySize, Leaving, WaitingRoom};
pub use source::{BuiltCall, COMPARED_MEDIA, CallSource, Sight};
pub use table::{Row, TableChoice, table};
pub use traffic::{Delivery, deliver};
pub use trial::{AudioVerdict, VideoVerdict};

use std::ops::ControlFlow;

/// Called during long work, from any thread, with the share that is done, from 0 to 1. `Break` stops the work with
/// [`CallError::Interrupted`].
pub type Progress<'a> = &'a (dyn Fn(f64) -> ControlFlow<()> + Sync);
