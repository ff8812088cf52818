//! The details of a block of messages, in every panel. Pure; runs on the render thread.

use std::ops::Range;
use std::sync::Arc;

use super::inspected::{
    Found, Inspected, InspectedMessage, InspectedPiece, InspectedUnits, equal_to, in_panels,
};
use crate::crypto::{Around, Block, KeyMaterial};
use crate::gui::model::inspector::BlockOf;
use crate::gui::textures::visible_area::CropRect;
use crate::lens::{Lens, Needs};
use crate::payload::{BlockPlace, Message, PacketUnit, Payload, Piece, Procedure, TargetStream};
use crate::picture::layout::BLOCK_BYTES;
use crate::picture::{BlockGrid, Carpet};
use crate::render::{RenderedPanel, Sheet};
use crate::scene::Panel;

/// Clear bytes of a piece that are shown.
const CLEAR_BYTES_SHOWN: usize = 16;

/// Pieces, and units, that are listed.
const MOST_PIECES: usize = 6;

/// The messages of a target in a sheet; `None` for pixels, and if no panel encrypts them.
#[must_use]
pub fn messages_of(sheet: &Sheet, of: TargetStream) -> Option<Arc<Payload>> {
    let panels = sheet.panels.iter().filter(|panel| panel.of == of);
    let wires = panels.filter_map(|panel| panel.wire.as_ref());
    wires.map(|wire| &wire.payload).find(|payload| payload.pixels().is_none()).map(Arc::clone)
}

/// The arrangement of the blocks of messages; `None` for pixels.
#[must_use]
pub fn carpet_of(payload: &Payload) -> Option<&Carpet> {
    match payload.grid() {
        BlockGrid::Carpet(carpet) => Some(carpet),
        BlockGrid::Pixels(_) => None,
    }
}

/// The details of a block of the messages of a sheet; `None` if there is no such block.
#[must_use]
pub fn inspect(sheet: &Sheet, payload: &Payload, at: BlockOf) -> Option<Inspected> {
    let BlockOf { block, of } = at;
    let place = payload.place_of(block)?;
    let message = payload.messages().get(place.message)?;
    let plaintext = *payload.bytes().get(place.range.clone())?.first_chunk::<BLOCK_BYTES>()?;
    let panels = in_panels(sheet, of, |rendered| found((payload, &sheet.key), rendered, &place, block));
    Some(Inspected { at, pixel: None, message: Some(about(message, payload, &place)), plaintext, panels })
}

fn found(
    (payload, key): (&Payload, &KeyMaterial),
    rendered: &RenderedPanel,
    place: &BlockPlace,
    block: usize,
) -> Option<Found> {
    let wire = rendered.wire.as_ref()?;
    let all = wire.blocks.as_chunks::<BLOCK_BYTES>().0;
    let bytes: Block = *all.get(block)?;
    // Of a source with a content key, the scheme own has other pieces than the rest.
    let has_same_pieces =
        wire.payload.messages() == payload.messages() && wire.bytes.len() == payload.bytes().len();
    let scheme = rendered.panel.scheme().zip(wire.parameters.get(place.message)).filter(|_| has_same_pieces);
    let stages = scheme.zip(place.number()).map(|((scheme, parameters), number)| {
        let (plaintext, ciphertext) = (place.text_of(payload.bytes()), place.text_of(&wire.bytes));
        scheme.stages(
            key,
            parameters,
            Around { plaintext: &plaintext, ciphertext: &ciphertext, block: number },
        )
    });
    let equal_blocks = equal_to(bytes, all);
    Some(Found { panel: rendered.panel, bytes, stages: stages.unwrap_or_default(), equal_blocks })
}

fn about(message: &Message, payload: &Payload, place: &BlockPlace) -> InspectedMessage {
    let piece = |piece: &Piece| {
        let encrypted: usize = piece.encrypted().map(|range| range.len()).sum();
        let clear = match message.procedure {
            Procedure::File { put_back } => put_back,
            Procedure::Joined | Procedure::EachPiece => piece.clear,
        };
        let shown = clear.min(CLEAR_BYTES_SHOWN);
        InspectedPiece {
            clear,
            encrypted,
            start: payload.bytes()[piece.range.start..][..shown].to_vec(),
            is_of_block: piece.range.contains(&place.range.start),
        }
    };
    InspectedMessage {
        number: message.number.0,
        kind: message.kind,
        bytes: message.range.len(),
        clear: message.clear(false).iter().map(Range::len).sum(),
        offset: place.range.start - message.range.start,
        pieces: message.pieces.iter().take(MOST_PIECES).map(piece).collect(),
        all_pieces: message.pieces.len(),
        units: units_of(message, payload, place),
    }
}

fn units_of(message: &Message, payload: &Payload, place: &BlockPlace) -> Option<InspectedUnits> {
    let units = payload.units_of(message);
    let name = payload.unit_syntax().filter(|_| !units.is_empty())?.name(units.len() == 1);
    let unit = |unit: &PacketUnit| (unit.kind, unit.range.len(), unit.range.contains(&place.range.start));
    let first = units.iter().take(MOST_PIECES).map(unit).collect();
    Some(InspectedUnits { name, count: units.len(), first })
}

/// True if each cell of the panel's picture represents a block.
#[must_use]
pub fn shows_cells(panel: Panel, payload: &Payload) -> bool {
    match panel {
        Panel::Plain => false,
        // A viewer shows an encrypted file.
        Panel::Cipher { lens: Lens::Ciphertext, .. } => payload.put_back().is_none(),
        Panel::Cipher { lens, .. } => lens.needs() == Needs::Blocks,
    }
}

/// The share of each pixel of a cropped image that is covered by the cells of blocks.
pub(super) fn lit(blocks: &[usize], carpet: &Carpet, crop: CropRect) -> Vec<f32> {
    let [columns, rows] = crop.part();
    let mut lit = vec![0.0_f32; columns.len() * rows.len()];
    let whole = carpet.shape();
    let (across, down) = (
        crop.whole.columns() as f32 / whole.columns().max(1) as f32,
        crop.whole.rows() as f32 / whole.rows().max(1) as f32,
    );
    for [x, y, width, height] in carpet.cells_of(|block| blocks.binary_search(&block).is_ok()) {
        let ends = |(start, length): (u32, u32), scale: f32, part: &Range<usize>| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within a picture")]
            let at = |side: u32| (side as f32 * scale).round() as usize;
            // Never empty, so that a single block is visible at any scale.
            let (first, last) = (at(start), at(start + length).max(at(start) + 1));
            let within = |at: usize| at.clamp(part.start, part.end) - part.start;
            within(first)..within(last)
        };
        let (wide, high) = (ends((x, width), across, &columns), ends((y, height), down, &rows));
        for row in high {
            lit[row * columns.len()..][wide.clone()].fill(1.0);
        }
    }
    lit
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::batch;
    use crate::crypto::Stage;
    use crate::media::Source;
    use crate::payload::Target;
    use crate::picture::Shape;
    use crate::render::{Job, Range};
    use crate::scene::Scene;
    use crate::units::FrameIndex;

    fn sheet(source: Source, target: Target, panels: &[&str]) -> Sheet {
        let panels = panels.iter().map(|panel| panel.parse().expect("a panel")).collect();
        let scene = Scene { target, panels, ..Scene::of(source) };
        let mut sheets = Vec::new();
        let job = Job::new(&scene, Range::frame(FrameIndex(0)));
        batch::render(job, |sheet, _| {
            sheets.push(sheet);
            ControlFlow::Continue(())
        })
        .expect("a bundled source");
        sheets.remove(0)
    }

    #[test]
    fn diagrams_lead_from_the_plaintext_of_a_block_to_its_ciphertext_in_every_target() {
        let modes = ["plain", "aes-128-ecb", "aes-128-cbc", "aes-256-ctr", "aes-128-gcm", "aes-128-cfb"];
        for (source, target, panels) in [
            (Source::Demo, Target::Packets, &modes[..]),
            (Source::Demo, Target::Nal, &modes),
            (Source::Demo, Target::Slices, &modes),
            (Source::Demo, Target::Cenc, &["plain", "aes-128-ctr"]),
            (Source::Demo, Target::Cbcs, &["plain", "aes-128-cbc+fixed-iv"]),
            (Source::DemoBitmap, Target::File, &["plain", "aes-128-ecb", "aes-128-ctr", "aes-128-xts"]),
        ] {
            let sheet = sheet(source, target, panels);
            let of = TargetStream::of(target, None);
            let payload = messages_of(&sheet, of).expect("messages");
            let blocks = payload.block_bytes() / BLOCK_BYTES;
            assert!(inspect(&sheet, &payload, BlockOf { block: blocks, of }).is_none());
            for block in [0, 1, 7, blocks / 2, blocks - 1] {
                let seen = inspect(&sheet, &payload, BlockOf { block, of }).expect("a block");
                let place = payload.place_of(block).expect("a block");
                assert_eq!(seen.plaintext[..], payload.bytes()[place.range]);
                for found in seen.panels.iter().flatten() {
                    let name = format!("{target}, block {block}, {}", found.panel);
                    if found.panel == Panel::Plain {
                        assert_eq!(found.bytes, seen.plaintext, "{name}");
                        continue;
                    }
                    let holds = |of: &[u8]| {
                        let is = |stage: &Stage| matches!(stage, Stage::Bytes(_, it) | Stage::Xor(_, it) if it == of);
                        found.stages.iter().any(is)
                    };
                    assert!(holds(&seen.plaintext), "{name}: {:?}", found.stages);
                    assert_eq!(
                        found.stages.last(),
                        Some(&Stage::Bytes("ciphertext".into(), found.bytes.to_vec())),
                        "{name}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_message_of_a_block_is_described() {
        let all = sheet(Source::Demo, Target::Cbcs, &["plain", "aes-128-cbc+fixed-iv"]);
        let of = TargetStream::of(Target::Cbcs, None);
        let payload = messages_of(&all, of).expect("messages");
        let seen = inspect(&all, &payload, BlockOf { block: 1, of }).expect("a block");
        let message = seen.message.expect("a message");
        assert_eq!((message.number, message.kind), (0, "sample"));
        assert_eq!(message.bytes, payload.messages()[0].range.len());
        assert!(message.clear > message.bytes / 2, "nine blocks in ten");
        assert_eq!(message.pieces.iter().filter(|piece| piece.is_of_block).count(), 1);
        let units = message.units.expect("H.264");
        assert_eq!((units.name, units.count, units.first.len()), ("NAL units", 2, 2));
        assert_eq!(units.first.iter().map(|unit| unit.0).collect::<Vec<_>>(), ["SEI", "key slice"]);
        let with_lengths: usize = units.first.iter().map(|unit| unit.1 + 4).sum();
        assert_eq!(with_lengths, message.bytes, "behind the length of each");
        assert_eq!(units.first.iter().map(|unit| unit.2).collect::<Vec<_>>(), [false, true]);
        assert!(message.pieces[0].start.len() == 16 && message.pieces[0].clear > 16);
        let pixels = sheet(Source::Demo, Target::Pixels, &["aes-128-ecb"]);
        assert!(messages_of(&pixels, TargetStream::default()).is_none());
    }

    #[test]
    fn cells_of_equal_blocks_are_lit() {
        let carpet = Carpet::new(Shape::new(8, 4), (0..8).map(Some).collect());
        assert_eq!(carpet.cell_of(0), Some([0, 0, 2, 2]));
        let lit = lit(&[1, 6], &carpet, CropRect::all(Shape::new(8, 4)));
        let expected: Vec<f32> = [0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0]
            .into_iter()
            .chain([0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0])
            .map(|lit: u8| f32::from(lit))
            .collect();
        assert_eq!(lit, expected);
    }
}
