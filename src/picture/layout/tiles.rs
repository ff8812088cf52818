//! Tiles: cuts the samples of a plane into squares of 16 bytes, and joins them to rows again.

use std::ops::Range;

use rayon::prelude::*;

use super::{BLOCK_BYTES, ROWS_PER_TASK};
use crate::picture::shape::Shape;

/// One plane of a frame, and how its samples are stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plane {
    /// Width and height in samples.
    pub shape: Shape,
    /// Bytes of a sample.
    pub sample_bytes: usize,
    /// Width and height of a tile in samples; `None` if samples are stored in rows.
    pub tile: Option<usize>,
}

impl Plane {
    /// Bytes of the plane.
    pub const fn bytes(self) -> usize {
        match self.tile {
            None => self.shape.pixels() * self.sample_bytes,
            Some(side) => {
                self.shape.columns().div_ceil(side) * self.shape.rows().div_ceil(side) * BLOCK_BYTES
            }
        }
    }

    /// The offset of a sample within the plane's bytes.
    pub const fn offset(self, x: usize, y: usize) -> usize {
        let columns = self.shape.columns();
        match self.tile {
            None => (y * columns + x) * self.sample_bytes,
            Some(side) => {
                let tile = y / side * columns.div_ceil(side) + x / side;
                tile * BLOCK_BYTES + (y % side * side + x % side) * self.sample_bytes
            }
        }
    }

    /// The same plane with its samples stored in rows.
    pub const fn in_rows(self) -> Self {
        Self { tile: None, ..self }
    }

    /// Cuts samples in rows into tiles. A tile that extends past the edge repeats the last column and row.
    pub fn cut(self, samples: &[u8], tiles: &mut [u8]) {
        match self.tile {
            // `RUN` is the bytes of one row of a tile.
            Some(2) => self.cut_runs::<8>(samples, tiles),
            Some(4) => self.cut_runs::<4>(samples, tiles),
            _ => tiles.copy_from_slice(samples),
        }
    }

    fn cut_runs<const RUN: usize>(self, samples: &[u8], tiles: &mut [u8]) {
        let (row_bytes, last_row) = (self.shape.columns() * self.sample_bytes, self.shape.rows());
        let side = BLOCK_BYTES / RUN;
        let row_of_tiles = row_bytes.div_ceil(RUN) * BLOCK_BYTES;
        if row_of_tiles == 0 || last_row == 0 {
            return;
        }
        let rows = tiles.par_chunks_exact_mut(row_of_tiles).enumerate();
        rows.with_min_len(ROWS_PER_TASK / side).for_each(|(number, tiles)| {
            let (tiles, _) = tiles.as_chunks_mut::<BLOCK_BYTES>();
            for row in 0..side {
                let y = (number * side + row).min(last_row - 1);
                let (runs, rest) = samples[y * row_bytes..][..row_bytes].as_chunks::<RUN>();
                for (tile, run) in tiles.iter_mut().zip(runs) {
                    tile[row * RUN..][..RUN].copy_from_slice(run);
                }
                if let [.., tile] = &mut *tiles
                    && !rest.is_empty()
                {
                    let again = rest[rest.len() - self.sample_bytes..].iter().cycle();
                    let run = rest.iter().chain(again);
                    tile[row * RUN..][..RUN].iter_mut().zip(run).for_each(|(to, &from)| *to = from);
                }
            }
        });
    }

    /// The samples of some rows; joined in `room` if the plane is in tiles.
    pub fn rows<'a>(self, bytes: &'a [u8], rows: Range<usize>, room: &'a mut Vec<u8>) -> &'a [u8] {
        let row_bytes = self.shape.columns() * self.sample_bytes;
        match self.tile {
            None => &bytes[rows.start * row_bytes..rows.end * row_bytes],
            Some(side) => {
                room.resize(rows.len() * row_bytes, 0);
                match side {
                    2 => self.join_runs::<8>(bytes, rows.start, room),
                    _ => self.join_runs::<4>(bytes, rows.start, room),
                }
                room
            }
        }
    }

    fn join_runs<const RUN: usize>(self, tiles: &[u8], first_row: usize, samples: &mut [u8]) {
        let row_bytes = self.shape.columns() * self.sample_bytes;
        let side = BLOCK_BYTES / RUN;
        let row_of_tiles = row_bytes.div_ceil(RUN) * BLOCK_BYTES;
        for (y, samples) in (first_row..).zip(samples.chunks_exact_mut(row_bytes)) {
            let tiles = &tiles[y / side * row_of_tiles..][..row_of_tiles];
            let row = y % side;
            for (run, tile) in samples.chunks_mut(RUN).zip(tiles.as_chunks::<BLOCK_BYTES>().0) {
                run.copy_from_slice(&tile[row * RUN..][..run.len()]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The bytes of the tiles, computed sample by sample.
    fn plainly(plane: Plane, side: usize, samples: &[u8]) -> Vec<u8> {
        let (columns, rows) = (plane.shape.columns(), plane.shape.rows());
        let mut tiles = Vec::new();
        for top in (0..rows).step_by(side) {
            for left in (0..columns).step_by(side) {
                for y in top..top + side {
                    for x in left..left + side {
                        let sample = y.min(rows - 1) * columns + x.min(columns - 1);
                        tiles.extend(&samples[sample * plane.sample_bytes..][..plane.sample_bytes]);
                    }
                }
            }
        }
        tiles
    }

    proptest! {
        #[test]
        fn tiles_hold_the_samples_of_their_squares(
            width in 1u32..40, height in 1u32..150, is_rgba in any::<bool>(), seed in any::<u8>(),
        ) {
            let (sample_bytes, side) = if is_rgba { (4, 2) } else { (1, 4) };
            let plane = Plane { shape: Shape::new(width, height), sample_bytes, tile: Some(side) };
            let bytes = plane.in_rows().bytes();
            let samples: Vec<u8> = (0..bytes).map(|i| (i * 31 + i / 7).to_le_bytes()[0] ^ seed).collect();
            let mut tiles = vec![0; plane.bytes()];
            plane.cut(&samples, &mut tiles);
            prop_assert_eq!(&tiles, &plainly(plane, side, &samples));

            let mut room = vec![9; 3];
            let whole = plane.rows(&tiles, 0..plane.shape.rows(), &mut room);
            prop_assert!(whole == samples, "rows come back");
            let from = plane.shape.rows() / 2 / side * side;
            let lower = plane.rows(&tiles, from..plane.shape.rows(), &mut room);
            prop_assert!(lower == &samples[from * width as usize * sample_bytes..]);
        }
    }
}
