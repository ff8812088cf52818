//! What is known of an inspected block, in every panel.

use std::sync::Arc;

use rayon::prelude::*;

use crate::crypto::{Block, Stage};
use crate::gui::model::inspector::BlockOf;
use crate::payload::TargetStream;
use crate::render::{RenderedPanel, Sheet};
use crate::scene::Panel;

/// A block of a frame in all panels.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspected {
    /// The number of the block, and what it is a block of.
    pub at: BlockOf,
    /// Column and row of its first pixel; `None` for a block that holds only chroma, and for a block of messages.
    pub pixel: Option<[u32; 2]>,
    /// The message that it belongs to; `None` for a block of pixels.
    pub message: Option<InspectedMessage>,
    /// Its bytes in the frame.
    pub plaintext: Block,
    /// The block in each panel; `None` where the scheme cannot encrypt the frame, and in panels that encrypt something else.
    pub panels: Vec<Option<Found>>,
}

/// A block in one panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The panel.
    pub panel: Panel,
    /// Its bytes: the ciphertext, or the plaintext where nothing is encrypted.
    pub bytes: Block,
    /// The stages of the cipher that computed them.
    pub stages: Vec<Stage>,
    /// Blocks of the frame with the same bytes, itself among them.
    pub equal_blocks: Arc<Vec<usize>>,
}

/// The message that a block belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InspectedMessage {
    /// Its number, which determines its initialization vector or nonce.
    pub number: u64,
    /// Its kind in a word or two.
    pub kind: &'static str,
    /// All of its bytes.
    pub bytes: usize,
    /// How many of them are clear.
    pub clear: usize,
    /// The first byte of the block, counted from the start of the message.
    pub offset: usize,
    /// Its pieces, at most six.
    pub pieces: Vec<InspectedPiece>,
    /// How many pieces it has.
    pub all_pieces: usize,
    /// The NAL units or OBUs of a packet; `None` for other messages.
    pub units: Option<InspectedUnits>,
}

/// The NAL units or OBUs of a message that is a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InspectedUnits {
    /// What they are called.
    pub name: &'static str,
    /// How many there are.
    pub count: usize,
    /// The first, at most six: type, bytes with the header, and whether the block begins in it.
    pub first: Vec<(&'static str, usize, bool)>,
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InspectedPiece {
    /// Clear bytes at its start.
    pub clear: usize,
    /// Encrypted bytes.
    pub encrypted: usize,
    /// The first clear bytes.
    pub start: Vec<u8>,
    /// The block lies in it.
    pub is_of_block: bool,
}

/// The block in each panel of a sheet that encrypts `of`, as `found` finds it; `None` in other panels. Panels with the same
/// scheme have the same ciphertext, so it is called once for each scheme.
pub(super) fn in_panels(
    sheet: &Sheet,
    of: TargetStream,
    found: impl Fn(&RenderedPanel) -> Option<Found>,
) -> Vec<Option<Found>> {
    let mut panels: Vec<Option<Found>> = Vec::with_capacity(sheet.panels.len());
    for rendered in &sheet.panels {
        let same = |found: &&Found| found.panel.scheme() == rendered.panel.scheme();
        let known = panels.iter().flatten().find(same).cloned();
        panels.push(match known {
            _ if rendered.of != of => None,
            Some(known) => Some(Found { panel: rendered.panel, ..known }),
            None => found(rendered),
        });
    }
    panels
}

/// The numbers of the blocks that are equal to one.
pub(super) fn equal_to(block: Block, blocks: &[Block]) -> Arc<Vec<usize>> {
    let equal = blocks.par_iter().enumerate().filter(|(_, other)| **other == block);
    Arc::new(equal.map(|(at, _)| at).collect())
}
