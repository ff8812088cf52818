//! The Sobel gradient of luma. Past its borders the picture continues with the pixels at the border.

/// Buffers for one row, each with an additional column at both ends.
#[derive(Default)]
pub(super) struct Sobel {
    /// The sum of three rows with the weights 1, 2, 1.
    sum: Vec<i16>,
    /// The lower row minus the upper row.
    step: Vec<i16>,
}

impl Sobel {
    /// The gradient at each pixel of the middle one of three rows, which have the same length: across and down, each from -1020 to 1020.
    pub(super) fn gradients(&mut self, [upper, own, lower]: [&[u8]; 3]) -> impl Iterator<Item = [i16; 2]> {
        let (Self { sum, step }, columns) = (self, own.len());
        sum.resize(columns + 2, 0);
        step.resize(columns + 2, 0);
        let to = sum[1..=columns].iter_mut().zip(&mut step[1..=columns]);
        for ((sum, step), ((&upper, &own), &lower)) in to.zip(upper.iter().zip(own).zip(lower)) {
            let [upper, own, lower] = [upper, own, lower].map(i16::from);
            *sum = upper + 2 * own + lower;
            *step = lower - upper;
        }
        for line in [&mut *sum, &mut *step] {
            (line[0], line[columns + 1]) = (line[1], line[columns]);
        }
        let sums = sum.iter().zip(&sum[2..]);
        let steps = step.iter().zip(&step[1..]).zip(&step[2..]);
        sums.zip(steps).map(|((left, right), ((one, two), three))| [right - left, one + 2 * two + three])
    }
}
