//! Two panels in one place: which, and how they are compared.

/// The most that a difference is multiplied by.
pub const MOST_GAIN: u8 = 64;

/// Two panels whose difference is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Their places in the scene.
    pub panels: [usize; 2],
    /// By how much each difference is multiplied; at least 1.
    pub gain: u8,
}

/// By how much differences are multiplied at first: enough to see one in the lowest bits.
const USUAL_GAIN: u8 = 8;

/// Two panels that are compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// Their places in the scene: left or above, and right or below.
    pub panels: [usize; 2],
    /// How they share the place.
    pub mode: CompareMode,
    /// Where the line between them is, as a share of width or height.
    pub at: f32,
    /// By how much their difference is multiplied.
    pub gain: u8,
}

impl Comparison {
    /// These two, half and half.
    #[must_use]
    pub const fn of(one: usize, other: usize) -> Self {
        Self { panels: [one, other], mode: CompareMode::Vertical, at: 0.5, gain: USUAL_GAIN }
    }

    /// The difference of these two.
    #[must_use]
    pub const fn difference_of(one: usize, other: usize) -> Self {
        Self { mode: CompareMode::Difference, ..Self::of(one, other) }
    }

    /// The panels whose difference is shown, if it is.
    #[must_use]
    pub fn difference(self) -> Option<Pair> {
        (self.mode == CompareMode::Difference).then_some(Pair { panels: self.panels, gain: self.gain })
    }
}

/// How two pictures share one place.
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
