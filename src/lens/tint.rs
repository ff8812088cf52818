//! `tint`: true colours that follow from known frames, also for blocks that no known frame has.

use std::fmt::{self, Display};

use super::kind::{Kind, Suggestions};
use super::{Blank, GROUND, Lens, View};
use crate::leak::tint::Estimate;
use crate::leak::{Finding, Recovery};
use crate::units::FrameRange;

pub(super) const KIND: Kind = Kind {
    name: "tint",
    shows: "true colours that follow from known frames",
    help: "pixels recovered from known frames, and estimated colours of blocks that neighbours connect with them: ,known=A-B are the known frames (default 0-0), ,sure=P the least confidence of an estimate from 0 to 1 (default 0.5), ,opacity=P how opaque estimates are painted from 0 to 1 (default 1)",
    about: "exact pixels, which follow from frames whose pictures are known, are proven, byte for byte; the other colours \
            are estimates from known blocks with which neighbours connect them in the recorded shot, where their \
            confidence, which the eavesdropper computes, is high enough; dark blocks may follow from other frames",
    default: Lens::Tint(TintOptions::DEFAULT),
    from_menu: Lens::Tint(TintOptions::DEFAULT),
    shows_blocks: false,
    options: Some("known=A-B (default known=0-0), sure=0 to 1 (default sure=0.5), opacity=0 to 1"),
    suggestions: Suggestions::Names(&["known", "sure", "opacity"]),
    with: |lens, option, value| match lens {
        Lens::Tint(options) => options.with(option, value?).map(Lens::Tint),
        _ => None,
    },
    write_options: |lens, to| match lens {
        Lens::Tint(options) => options.fmt(to),
        _ => Ok(()),
    },
    paint: |lens, view, rgba| {
        let Lens::Tint(options) = lens else { return };
        paint_tint(view, options, rgba);
    },
    blank: |lens, view, _, _| {
        let Lens::Tint(options) = lens else { return None };
        let is_filled =
            || (0..view.estimates.len()).any(|block| options.filled(view.estimates, block).is_some());
        let is_dark = view.recovery.is_some_and(|recovery| recovery.share() <= 0.0) && !is_filled();
        is_dark.then_some(Blank::NothingFollows)
    },
    finds: |_, view, leakage| match leakage.word {
        Some(Finding::Recovered) => Ok(Finding::Recovered),
        _ if view.recovery.is_some_and(Recovery::is_whole) => Err(Blank::Known),
        _ if leakage.filled_share > Some(0.0) => Err(Blank::EstimatesAlone),
        _ => Err(Blank::NothingFollows),
    },
    ..Kind::PLAIN
};

/// A share from 0 to 1, in thousandths.
type Thousandths = u16;

/// Which frames the `tint` lens takes as known, and which estimates it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TintOptions {
    known: FrameRange,
    sure: Thousandths,
    opacity: Thousandths,
}

impl TintOptions {
    /// Frame 0 is known; estimates are shown from a confidence of 0.5 on, and are opaque.
    pub const DEFAULT: Self = Self { known: FrameRange::FIRST, sure: 500, opacity: 1000 };

    /// The frames whose pictures are known.
    #[must_use]
    pub const fn known(self) -> FrameRange {
        self.known
    }

    /// The same with other known frames.
    #[must_use]
    pub const fn with_known(self, known: FrameRange) -> Self {
        Self { known, ..self }
    }

    /// The least confidence of an estimate that is shown, from 0 to 1.
    #[must_use]
    pub fn sure(self) -> f64 {
        f64::from(self.sure) / 1000.0
    }

    /// The same with another least confidence, rounded to thousandths; outside 0 to 1, the nearest of these.
    #[must_use]
    pub fn with_sure(self, sure: f64) -> Self {
        Self { sure: thousandths(sure), ..self }
    }

    /// How opaque estimates are painted, from 0 to 1.
    #[must_use]
    pub fn opacity(self) -> f64 {
        f64::from(self.opacity) / 1000.0
    }

    /// The same with another opacity, rounded to thousandths; outside 0 to 1, the nearest of these.
    #[must_use]
    pub fn with_opacity(self, opacity: f64) -> Self {
        Self { opacity: thousandths(opacity), ..self }
    }

    /// The estimate of a block if its confidence is high enough.
    #[must_use]
    pub fn filled(self, estimates: &[Option<Estimate>], block: usize) -> Option<Estimate> {
        let is_sure = |estimate: &Estimate| u32::from(estimate[3]) * 1000 >= u32::from(self.sure) * 255;
        estimates.get(block).copied().flatten().filter(is_sure)
    }

    /// Sets an option; `None` if there is no such option or value.
    fn with(self, name: &str, value: &str) -> Option<Self> {
        let share = || value.parse().ok().filter(|share| (0.0..=1.0).contains(share));
        Some(match name {
            "known" => self.with_known(value.parse().ok()?),
            "sure" => self.with_sure(share()?),
            "opacity" => self.with_opacity(share()?),
            _ => return None,
        })
    }
}

impl Display for TintOptions {
    /// Writes the options that are not the defaults, each after a comma.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.known != Self::DEFAULT.known {
            write!(f, ",known={}", self.known)?;
        }
        if self.sure != Self::DEFAULT.sure {
            write!(f, ",sure={}", self.sure())?;
        }
        if self.opacity != Self::DEFAULT.opacity {
            write!(f, ",opacity={}", self.opacity())?;
        }
        Ok(())
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1000")]
fn thousandths(share: f64) -> Thousandths {
    (share.clamp(0.0, 1.0) * 1000.0).round() as Thousandths
}

/// Paints the `tint` lens: pixels of which every byte was recovered in their colours; other blocks in their estimated
/// colours if these are sure enough, else dark.
pub fn paint_tint(view: &View<'_>, options: TintOptions, rgba: &mut [u8]) {
    let opacity = u32::from(options.opacity);
    let mix = |colour: u8, ground: u8| {
        let sum = u32::from(colour) * opacity + u32::from(ground) * (1000 - opacity);
        u8::try_from((sum + 500) / 1000).unwrap_or(u8::MAX)
    };
    let colour = |block: usize| match options.filled(view.estimates, block) {
        Some([red, green, blue, _]) => {
            [mix(red, GROUND[0]), mix(green, GROUND[1]), mix(blue, GROUND[2]), 255]
        }
        None => GROUND,
    };
    view.grid.paint_blocks(colour, GROUND, rgba);
    if let Some(recovery) = view.recovery {
        view.pixels().show_known(recovery.bytes(), |byte| recovery.has(byte), rgba);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_written_and_shares_lie_between_0_and_1() {
        let lens = |text: &str| text.parse::<Lens>();
        for text in
            ["tint", "tint,known=3-9", "tint,sure=0.9", "tint,known=2-2,sure=0.25,opacity=0", "tint,sure=1"]
        {
            assert_eq!(lens(text).expect("a lens").to_string(), text);
        }
        assert_eq!(lens("tint,known=0-0,sure=0.5,opacity=1.0").expect("a lens").to_string(), "tint");
        for text in [
            "tint,sure=1.1",
            "tint,sure=-0.1",
            "tint,sure=NaN",
            "tint,sure",
            "tint,opacity=2",
            "tint,known=x",
        ] {
            let error = lens(text).expect_err("it is no option").to_string();
            assert!(error.contains("takes known=A-B"), "{error}");
        }
        let error = lens("tint,shure=0.5").expect_err("it is no option").to_string();
        assert!(error.contains("did you mean sure=0.5?"), "{error}");
    }

    #[test]
    fn an_estimate_is_shown_from_its_confidence_on() {
        let estimates = [Some([1, 2, 3, 128]), Some([1, 2, 3, 127]), None];
        let shown = |sure: f64| {
            let options = TintOptions::DEFAULT.with_sure(sure);
            [0, 1, 2, 3].map(|block| options.filled(&estimates, block).is_some())
        };
        assert_eq!(shown(0.5), [true, false, false, false]);
        assert_eq!(shown(0.0), [true, true, false, false]);
        assert_eq!(shown(0.9), [false; 4]);
    }
}
