//! The occurrences of a block over time: how often its ciphertext occurs in every frame, at any position.
//!
//! The search takes the ciphertext of a block in one frame, under every scheme that is shown. Under ECB equal
//! plaintext has equal ciphertext. Under the other modes the search finds only what the ciphertext really gives away:
//! nothing with a fresh nonce in every frame.

use rayon::prelude::*;

use crate::crypto::{Block, MessageCipher, Scheme};
use crate::gui::model::inspector::Sought;
use crate::picture::Frame;
use crate::picture::layout::BLOCK_BYTES;
use crate::runtime::pool::Pool;
use crate::scene::Scene;

/// How often a block occurs in the frames that were searched so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockCounts {
    /// The block that is searched.
    pub sought: Sought,
    /// The schemes under which it is searched.
    pub schemes: Vec<Scheme>,
    /// Occurrences in each frame, one row per scheme; `None` where the frame was not searched yet.
    pub rows: Vec<Vec<Option<u32>>>,
    /// The number of notes taken: the timeline is painted again whenever it changes.
    pub noted: u64,
    /// The sums, one per scheme.
    tallies: Vec<Tally>,
}

/// The sums of a search under one scheme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Frames that were searched.
    pub searched: u64,
    /// Frames that hold the block.
    pub frames: u64,
    /// Occurrences in all frames together.
    pub occurrences: u64,
    /// The most occurrences in one frame.
    pub most: u32,
}

impl Tally {
    fn add(&mut self, count: u32) {
        self.searched += 1;
        self.frames += u64::from(count > 0);
        self.occurrences += u64::from(count);
        self.most = self.most.max(count);
    }
}

impl BlockCounts {
    /// A search that has not begun.
    #[must_use]
    pub fn of(sought: Sought, schemes: Vec<Scheme>) -> Self {
        let (rows, tallies) = (vec![Vec::new(); schemes.len()], vec![Tally::default(); schemes.len()]);
        Self { sought, schemes, rows, noted: 0, tallies }
    }

    /// The occurrences in each frame under a scheme, as far as they are known.
    #[must_use]
    pub fn row(&self, scheme: Scheme) -> Option<&[Option<u32>]> {
        let at = self.schemes.iter().position(|&known| known == scheme)?;
        self.rows.get(at).map(Vec::as_slice)
    }

    /// The sums of the search under a scheme.
    #[must_use]
    pub fn tally(&self, scheme: Scheme) -> Option<Tally> {
        let at = self.schemes.iter().position(|&known| known == scheme)?;
        self.tallies.get(at).copied()
    }

    /// The first frame from `from` on that was not searched yet.
    #[must_use]
    pub fn unknown_from(&self, from: usize) -> usize {
        let Some(row) = self.rows.first() else { return from };
        let known = row.iter().skip(from).take_while(|count| count.is_some()).count();
        from + known
    }

    /// Notes the occurrences in a frame, one count per scheme.
    pub fn note(&mut self, frame: usize, counts: &[u32]) {
        for ((row, tally), &count) in self.rows.iter_mut().zip(&mut self.tallies).zip(counts) {
            if row.len() <= frame {
                row.resize(frame + 1, None);
            }
            // The counts of a frame never change.
            if row[frame].replace(count).is_none() {
                tally.add(count);
            }
        }
        self.noted += 1;
    }
}

/// Searches one block in frame after frame.
pub struct Search {
    targets: Vec<Target>,
    pool: Pool,
}

/// The block under one scheme.
struct Target {
    /// `None` where equal plaintext has equal ciphertext: then the plaintext is searched.
    cipher: Option<Box<dyn MessageCipher>>,
    /// `None` where the scheme cannot take the frame.
    bytes: Option<Block>,
}

impl Search {
    /// Sets up a search for block `block` of `frame` under each of the schemes; `None` where the frame has no
    /// such block, or a key is too short.
    #[must_use]
    pub fn new(scene: &Scene, schemes: &[Scheme], frame: &Frame, block: usize, pool: &Pool) -> Option<Self> {
        let plaintext = blocks(&frame.bytes).get(block).copied()?;
        let target = |&scheme: &Scheme| {
            if scheme.is_codebook() {
                return Some(Target { cipher: None, bytes: Some(plaintext) });
            }
            let cipher = scheme.cipher(&scene.key).ok()?;
            let bytes = with_ciphertext(&*cipher, frame, pool, |blocks| blocks.get(block).copied()).flatten();
            Some(Target { cipher: Some(cipher), bytes })
        };
        let targets = schemes.iter().map(target).collect::<Option<_>>()?;
        Some(Self { targets, pool: pool.clone() })
    }

    /// The occurrences in a frame, one count per scheme.
    #[must_use]
    pub fn count(&self, frame: &Frame) -> Vec<u32> {
        let count = |target: &Target| {
            let bytes = target.bytes?;
            match &target.cipher {
                None => Some(occurrences(blocks(&frame.bytes), bytes)),
                Some(cipher) => {
                    with_ciphertext(&**cipher, frame, &self.pool, |blocks| occurrences(blocks, bytes))
                }
            }
        };
        self.targets.iter().map(|target| count(target).unwrap_or(0)).collect()
    }
}

fn with_ciphertext<T>(
    cipher: &dyn MessageCipher,
    frame: &Frame,
    pool: &Pool,
    view_pos: impl FnOnce(&[Block]) -> T,
) -> Option<T> {
    let mut bytes = pool.take(frame.bytes.len());
    cipher.ciphertext(frame.index.into(), &frame.bytes, &mut bytes).ok()?;
    // Whole blocks of the frame, without padding.
    Some(view_pos(blocks(&bytes[..frame.bytes.len()])))
}

fn blocks(bytes: &[u8]) -> &[Block] {
    bytes.as_chunks::<BLOCK_BYTES>().0
}

fn occurrences(blocks: &[Block], block: Block) -> u32 {
    let count = |blocks: &[Block]| blocks.iter().filter(|&&other| other == block).count();
    let count: usize = blocks.par_chunks(1 << 16).map(count).sum();
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use crate::units::FrameIndex;
    use std::sync::Arc;

    use super::*;
    use crate::media::Source;
    use crate::picture::layout::Layout;
    use crate::picture::{Colour, Shape};
    use crate::runtime::pool::Buffer;

    /// A frame of four blocks of these values.
    fn frame(index: u64, values: [u8; 4]) -> Frame {
        Frame {
            index: FrameIndex(index),
            time_secs: 0.0,
            duration_secs: 0.1,
            shape: Shape::new(16, 4),
            layout: Layout::GRAY8,
            colour: Colour::default(),
            bytes: Arc::new(Buffer::from(values.map(|value| [value; 16]).concat())),
        }
    }

    #[test]
    fn the_search_finds_what_each_scheme_gives_away() {
        let scene = Scene::of(Source::Demo);
        let names = [
            "aes-128-ecb",
            "aes-128-ecb+key-per-frame",
            "aes-128-ctr",
            "aes-128-ctr+reused-nonce",
            "aes-128-cbc+fixed-iv",
            "aes-128-gcm",
        ];
        let schemes: Vec<Scheme> = names.map(|name| name.parse().expect("a scheme")).into();
        let search = Search::new(&scene, &schemes, &frame(3, [1, 2, 1, 3]), 0, &Pool::default());
        let search = search.expect("there is such a block");
        assert_eq!(search.count(&frame(3, [1, 2, 1, 3])), [2, 2, 1, 1, 1, 1], "in its own frame");
        assert_eq!(search.count(&frame(4, [1, 1, 1, 5])), [3, 0, 0, 1, 1, 0], "another with the same start");
        assert_eq!(search.count(&frame(5, [9, 1, 1, 1])), [3, 0, 0, 0, 0, 0], "and one that moved");
        assert!(Search::new(&scene, &schemes, &frame(3, [0; 4]), 4, &Pool::default()).is_none());
    }

    #[test]
    fn counts_are_noted_in_any_order_and_summed() {
        let ecb: Scheme = "aes-128-ecb".parse().expect("a scheme");
        let mut counts = BlockCounts::of(Sought::default(), vec![ecb]);
        assert_eq!(counts.unknown_from(0), 0);
        counts.note(2, &[5]);
        counts.note(3, &[0]);
        assert_eq!((counts.unknown_from(2), counts.unknown_from(0)), (4, 0));
        counts.note(0, &[1]);
        counts.note(0, &[1]);
        assert_eq!(counts.unknown_from(0), 1, "and what is noted twice is counted once");
        let tally = Tally { searched: 3, frames: 2, occurrences: 6, most: 5 };
        assert_eq!(counts.tally(ecb), Some(tally));
        assert_eq!(counts.tally("aes-128-gcm".parse().expect("a scheme")), None);
    }
}
