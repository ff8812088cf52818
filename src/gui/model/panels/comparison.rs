//! The comparison of two panels.

/// The largest gain of a difference.
pub const MOST_GAIN: u8 = 64;

/// Two panels whose difference is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Their places in the scene.
    pub panels: [usize; 2],
    /// The gain: each difference is multiplied by it; at least 1.
    pub gain: u8,
}

/// The initial gain: enough to see a difference in the lowest bits.
const USUAL_GAIN: u8 = 8;

/// Two panels that are compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// Their places in the scene: left or above, and right or below.
    pub panels: [usize; 2],
    /// How they are compared.
    pub mode: CompareMode,
    /// The position of the line between them, as a share of width or height.
    pub at: f32,
    /// The gain of their difference.
    pub gain: u8,
}

impl Comparison {
    /// Compares these two side by side, half and half.
    #[must_use]
    pub const fn of(one: usize, other: usize) -> Self {
        Self { panels: [one, other], mode: CompareMode::Vertical, at: 0.5, gain: USUAL_GAIN }
    }

    /// Compares these two by their difference.
    #[must_use]
    pub const fn difference_of(one: usize, other: usize) -> Self {
        Self { mode: CompareMode::Difference, ..Self::of(one, other) }
    }

    /// The panels whose difference is shown, if that is the mode.
    #[must_use]
    pub fn difference(self) -> Option<Pair> {
        (self.mode == CompareMode::Difference).then_some(Pair { panels: self.panels, gain: self.gain })
    }
}

/// How two panels are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareMode {
    /// Side by side, an upright line between them.
    Vertical,
    /// One above the other.
    Horizontal,
    /// One after the other.
    Blink,
    /// By how much they differ, pixel by pixel.
    Difference,
}

impl CompareMode {
    pub(crate) const ALL: [(Self, &'static str); 4] = [
        (Self::Vertical, "Vertical"),
        (Self::Horizontal, "Horizontal"),
        (Self::Blink, "Blink"),
        (Self::Difference, "Difference"),
    ];
}
