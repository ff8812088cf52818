//! Counts of blocks by tile, and their sums over the tiles around.

/// Width and height of a tile in pixels. Blocks are counted by tile, so the surroundings of a block are whole tiles.
pub(super) const TILE: [usize; 2] = [16, 4];

/// Properties of a block, as bits. The two that are counted are in different halves of the byte, so that the marks of
/// all rows of a tile can be summed in one byte.
pub(super) type Marks = u8;

/// How many blocks a tile has, and how many of them are flat and singular.
#[derive(Clone, Copy, Default)]
pub(super) struct Tile {
    pub(super) blocks: u32,
    pub(super) flat: u32,
    pub(super) singular: u32,
}

impl Tile {
    /// Adds the blocks of `rows` rows, given the sum of the counted marks for each column.
    pub(super) fn count(&mut self, rows: u32, columns: &[Marks]) {
        for &sum in columns {
            self.blocks += rows;
            self.flat += u32::from(sum & 0xf);
            self.singular += u32::from(sum >> 4);
        }
    }
}

impl std::ops::AddAssign for Tile {
    fn add_assign(&mut self, other: Self) {
        self.blocks += other.blocks;
        self.flat += other.flat;
        self.singular += other.singular;
    }
}

impl std::ops::SubAssign for Tile {
    fn sub_assign(&mut self, other: Self) {
        self.blocks -= other.blocks;
        self.flat -= other.flat;
        self.singular -= other.singular;
    }
}

/// For each tile, row by row, the sum over the tiles at most `reach` away.
pub(super) fn sum_around(counts: &[Tile], [columns, rows]: [usize; 2], reach: usize) -> Vec<Tile> {
    let row = |at: usize| counts.get(at * columns..(at + 1) * columns).unwrap_or_default();
    let add =
        |sums: &mut [Tile], row: &[Tile]| sums.iter_mut().zip(row).for_each(|(sum, &tile)| *sum += tile);
    let mut sums = Vec::with_capacity(counts.len());
    // For each column, the sum over the rows within reach.
    let mut column_sums = vec![Tile::default(); columns];
    (0..reach).for_each(|at| add(&mut column_sums, row(at)));
    for at in 0..rows {
        add(&mut column_sums, row(at + reach));
        let mut sum = Tile::default();
        column_sums.iter().take(reach).for_each(|&tile| sum += tile);
        for column in 0..columns {
            column_sums.get(column + reach).into_iter().for_each(|&tile| sum += tile);
            sums.push(sum);
            column.checked_sub(reach).into_iter().for_each(|column| sum -= column_sums[column]);
        }
        if let Some(past) = at.checked_sub(reach) {
            column_sums.iter_mut().zip(row(past)).for_each(|(sum, &tile)| *sum -= tile);
        }
    }
    sums
}
