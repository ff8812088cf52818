//! How a decoded picture is rotated and mirrored for display.
//!
//! The `ffmpeg` program inserts filters for the display matrix between decoder and output. This module decides which
//! ones; the chain of filters and the description of a source both use it.

use ffmpeg_next::codec::packet::side_data::Type as SideData;
use ffmpeg_next::{Stream, frame};

use super::info::Mirror;
use crate::picture::Orientation;

/// The display matrix of a stream or a picture: 9 numbers in fixed point, row by row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct DisplayMatrix([i32; 9]);

/// What the `ffmpeg` program does to a picture because of its display matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Turn {
    /// Nothing.
    Upright,
    /// Mirrored left to right.
    MirroredHorizontally,
    /// By 180°.
    Half,
    /// Mirrored top to bottom.
    MirroredVertically,
    /// Mirrored left to right, then by 270° clockwise: rows become columns.
    Transposed,
    /// By 90° clockwise.
    Clockwise,
    /// Mirrored left to right, then by 90° clockwise.
    Transversed,
    /// By 270° clockwise.
    Counterclockwise,
    /// By another angle, in degrees, within a frame of the same size.
    Oblique(f64),
}

impl Turn {
    /// The program's filters, in order.
    pub(super) fn filters(self) -> Vec<String> {
        let names: &[&str] = match self {
            Self::Upright => &[],
            Self::MirroredHorizontally => &["hflip"],
            Self::Half => &["hflip", "vflip"],
            Self::MirroredVertically => &["vflip"],
            Self::Transposed => &["transpose=cclock_flip"],
            Self::Clockwise => &["transpose=clock"],
            Self::Transversed => &["transpose=clock_flip"],
            Self::Counterclockwise => &["transpose=cclock"],
            Self::Oblique(degrees) => return vec![format!("rotate={degrees:.6}*PI/180")],
        };
        names.iter().map(ToString::to_string).collect()
    }

    /// Quarter turns, clockwise, from 0 to 3, after mirroring; 0 for another angle.
    pub(super) const fn quarter_turns(self) -> u32 {
        match self {
            Self::Clockwise | Self::Transversed => 1,
            Self::Half => 2,
            Self::Counterclockwise | Self::Transposed => 3,
            Self::Upright | Self::MirroredHorizontally | Self::MirroredVertically | Self::Oblique(_) => 0,
        }
    }

    /// The turn as one of the places of pixels; `None` for another angle than a quarter turn.
    pub(super) const fn orientation(self) -> Option<Orientation> {
        let (is_mirrored, quarter_turns) = match self {
            Self::Oblique(_) => return None,
            // A mirror top to bottom is one left to right and half a turn.
            Self::MirroredVertically => (true, 2),
            turn => (turn.mirror().is_some(), turn.quarter_turns()),
        };
        Some(Orientation { is_mirrored, quarter_turns })
    }

    /// How the picture is mirrored before it is turned.
    pub(super) const fn mirror(self) -> Option<Mirror> {
        match self {
            Self::MirroredHorizontally | Self::Transposed | Self::Transversed => Some(Mirror::Horizontally),
            Self::MirroredVertically => Some(Mirror::Vertically),
            Self::Upright | Self::Half | Self::Clockwise | Self::Counterclockwise | Self::Oblique(_) => None,
        }
    }
}

impl DisplayMatrix {
    /// Reads the side data that FFmpeg attaches; `None` if it is too short.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (numbers, _) = bytes.as_chunks::<4>();
        let mut matrix = [0; 9];
        for (to, from) in matrix.iter_mut().zip(numbers.get(..9)?) {
            *to = i32::from_ne_bytes(*from);
        }
        Some(Self(matrix))
    }

    /// The matrix that the container states for a stream.
    pub(super) fn of_stream(stream: &Stream<'_>) -> Option<Self> {
        let matrix = stream.side_data().find(|data| data.kind() == SideData::DisplayMatrix)?;
        Self::read(matrix.data())
    }

    /// The matrix that is attached to a picture.
    pub(super) fn of(picture: &frame::Video) -> Option<Self> {
        picture.side_data(frame::side_data::Type::DisplayMatrix).and_then(|data| Self::read(data.data()))
    }

    /// The clockwise rotation of the picture in degrees, from 0 to just under 360, computed as in the program
    /// (`av_display_rotation_get` in libavutil).
    fn degrees(self) -> f64 {
        let number = |i: usize| f64::from(self.0[i]) / 65536.0;
        let scale = [number(0).hypot(number(3)), number(1).hypot(number(4))];
        if scale.contains(&0.0) {
            return 0.0;
        }
        let counterclockwise = (number(1) / scale[1]).atan2(number(0) / scale[0]).to_degrees();
        // A rounding error below a full turn is no turn.
        let theta = counterclockwise.round();
        theta - 360.0 * (theta / 360.0 + 0.9 / 360.0).floor()
    }

    /// What the program's autorotation does for this matrix. By the formula above, a mirror has an angle of 0 or 180°;
    /// the signs of the matrix distinguish it from a turn.
    pub(super) fn turn(self) -> Turn {
        let theta = self.degrees();
        let near = |degrees: f64| (theta - degrees).abs() < 1.0;
        if near(90.0) {
            if self.0[3] > 0 { Turn::Transposed } else { Turn::Clockwise }
        } else if near(180.0) {
            match (self.0[0] < 0, self.0[4] < 0) {
                (true, true) => Turn::Half,
                (true, false) => Turn::MirroredHorizontally,
                (false, true) => Turn::MirroredVertically,
                (false, false) => Turn::Upright,
            }
        } else if near(270.0) {
            if self.0[3] < 0 { Turn::Transversed } else { Turn::Counterclockwise }
        } else if theta.abs() > 1.0 {
            Turn::Oblique(theta)
        } else if self.0[4] < 0 {
            Turn::MirroredVertically
        } else {
            Turn::Upright
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_the_eight_matrices_is_one_turn_and_one_mirror() {
        const ONE: i32 = 1 << 16;
        // The upper left numbers a, b, d, e of the matrix: a point x, y goes to ax + dy, bx + ey (y downwards).
        let matrix =
            |[a, b, d, e]: [i32; 4]| DisplayMatrix([a * ONE, b * ONE, 0, d * ONE, e * ONE, 0, 0, 0, 1 << 30]);
        for (numbers, turn, degrees, mirror) in [
            ([1, 0, 0, 1], Turn::Upright, 0, None),
            ([-1, 0, 0, 1], Turn::MirroredHorizontally, 0, Some(Mirror::Horizontally)),
            ([-1, 0, 0, -1], Turn::Half, 180, None),
            ([1, 0, 0, -1], Turn::MirroredVertically, 0, Some(Mirror::Vertically)),
            ([0, 1, 1, 0], Turn::Transposed, 270, Some(Mirror::Horizontally)),
            ([0, 1, -1, 0], Turn::Clockwise, 90, None),
            ([0, -1, -1, 0], Turn::Transversed, 90, Some(Mirror::Horizontally)),
            ([0, -1, 1, 0], Turn::Counterclockwise, 270, None),
        ] {
            let found = matrix(numbers).turn();
            assert_eq!(found, turn, "{numbers:?}");
            assert_eq!((found.quarter_turns() * 90, found.mirror()), (degrees, mirror), "{numbers:?}");
            let orientation = found.orientation().expect("a quarter turn");
            assert_eq!(orientation.is_mirrored, mirror.is_some(), "{numbers:?}");
        }
    }
}
