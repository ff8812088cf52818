//! What a scene may cost: how many panels it has, and how much memory it takes to remember frames.
//!
//! Each remembered frame costs memory; how much follows from the size of a frame, the layout and the schemes. So the
//! cost of a scene is known before the first frame is decoded, and a scene that would cost more than
//! [`MOST_REMEMBERED_BYTES`] is refused, the same on every machine.

use std::num::NonZeroU32;

use super::{Panel, Scene};
use crate::crypto::Scheme;
use crate::leak::Memory;
use crate::picture::Shape;
use crate::picture::layout::BLOCK_BYTES;

/// The most panels of a scene.
pub const MOST_PANELS: usize = 64;

/// The most bytes that remembered frames and the counts of their blocks may take: 2 GiB.
pub const MOST_REMEMBERED_BYTES: u64 = 2 << 30;

/// Bytes that the counts of one remembered block take where no block repeats, which is the worst case.
const COUNTED_BYTES_PER_BLOCK: u64 = Memory::<Vec<u8>>::MOST_BYTES_PER_BLOCK;

/// More panels than a scene may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are {given} panels, but a scene has at most {MOST_PANELS}; leave some out")]
pub struct TooManyPanels {
    /// The number of panels.
    pub given: usize,
}

/// More frames to remember than fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "remembering {frames} frames would take up to {megabytes} MB of memory, and at most {} MB are used; of frames of \
     {} × {} pixels in {layout}, {fit} fit with these panels: give a memory of {fit} or less, or fewer schemes",
    MOST_REMEMBERED_BYTES / 1_000_000, shape.width, shape.height
)]
pub struct TooMuchMemory {
    /// The number of frames that the scene asks for.
    pub frames: u32,
    /// The number of frames that fit.
    pub fit: u32,
    /// The memory that the scene asks for, in units of 10^6 bytes.
    pub megabytes: u64,
    /// Width and height of a frame.
    pub shape: Shape,
    /// The name of its layout.
    pub layout: &'static str,
}

/// Refuses more than [`MOST_PANELS`] panels.
///
/// # Errors
/// [`TooManyPanels`] names the bound.
pub const fn check_panels(panels: &[Panel]) -> Result<(), TooManyPanels> {
    if panels.len() > MOST_PANELS { Err(TooManyPanels { given: panels.len() }) } else { Ok(()) }
}

impl Scene {
    /// Refuses to remember more frames of this size than fit into [`MOST_REMEMBERED_BYTES`].
    ///
    /// # Errors
    /// [`TooMuchMemory`] names the number that fits.
    pub fn check_memory(&self, shape: Shape) -> Result<(), TooMuchMemory> {
        let (frames, fit) = (self.memory.get(), self.most_memory(shape).get());
        if frames <= fit {
            return Ok(());
        }
        let megabytes = self.remembered_bytes_per_frame(shape).saturating_mul(frames.into()) / 1_000_000;
        Err(TooMuchMemory { frames, fit, megabytes, shape, layout: self.layout.samples().name() })
    }

    /// How many frames of this size can be remembered; 1, this frame alone, always can.
    #[must_use]
    pub fn most_memory(&self, shape: Shape) -> NonZeroU32 {
        let fit = MOST_REMEMBERED_BYTES / self.remembered_bytes_per_frame(shape).max(1);
        NonZeroU32::new(u32::try_from(fit).unwrap_or(u32::MAX)).unwrap_or(NonZeroU32::MIN)
    }

    /// The most bytes that a remembered frame of this size takes: its own, and for each group of schemes that share a
    /// census the counts and one ciphertext (none in the group of the original).
    fn remembered_bytes_per_frame(&self, shape: Shape) -> u64 {
        let frame_bytes = self.layout.frame_bytes(shape) as u64;
        let counted_bytes = frame_bytes / BLOCK_BYTES as u64 * COUNTED_BYTES_PER_BLOCK;
        // The original and every ciphertext that is a codebook of it share one census.
        let is_alone = |scheme: &Option<Scheme>| scheme.is_some_and(|scheme| !scheme.is_codebook());
        let mut schemes: Vec<Option<Scheme>> = Vec::new();
        for panel in &self.panels {
            if !schemes.contains(&panel.scheme()) {
                schemes.push(panel.scheme());
            }
        }
        let alone = schemes.iter().filter(|scheme| is_alone(scheme)).count() as u64;
        let together = u64::from(alone < schemes.len() as u64);
        let ciphertexts = alone + u64::from(together == 1 && !schemes.contains(&None));
        frame_bytes * (1 + ciphertexts) + counted_bytes * (alone + together)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Source;
    use crate::picture::layout::Layout;

    const HD: Shape = Shape::new(1280, 720);

    fn scene(layout: Layout, memory: u32, panels: &[&str]) -> Scene {
        let panels = panels.iter().map(|panel| panel.parse().expect("a panel")).collect();
        let memory = NonZeroU32::new(memory).expect("not 0");
        Scene { layout, panels, memory, ..Scene::of(Source::Demo) }
    }

    #[test]
    fn exactly_as_many_frames_fit_as_the_message_says() {
        for panels in [&["plain"][..], &["aes-128-ecb"], &["plain", "aes-128-ecb:tone", "aes-128-gcm"]] {
            for layout in [Layout::RGBA32, Layout::GRAY8, Layout::YUV420P] {
                let fit = scene(layout, 1, panels).most_memory(HD).get();
                assert_eq!(scene(layout, fit, panels).check_memory(HD), Ok(()));
                let error = scene(layout, fit + 1, panels).check_memory(HD).expect_err("one too many");
                assert_eq!((error.frames, error.fit), (fit + 1, fit));
                let said = error.to_string();
                assert!(said.contains("1280 × 720") && said.contains(&format!("{fit} fit")), "{said}");
            }
        }
    }

    #[test]
    fn five_hundred_frames_of_720p_are_refused_and_thirty_two_are_not() {
        let panels = ["plain", "aes-128-ecb", "aes-128-ecb:tone", "aes-128-gcm"];
        assert!(scene(Layout::RGBA32, 32, &panels).check_memory(HD).is_ok());
        assert!(scene(Layout::RGBA32, 500, &panels).check_memory(HD).is_err());
    }

    #[test]
    fn schemes_that_share_a_census_cost_once_and_the_original_costs_no_ciphertext() {
        let bytes = |panels: &[&str]| scene(Layout::RGBA32, 2, panels).remembered_bytes_per_frame(HD);
        let one = bytes(&["plain"]);
        assert_eq!(bytes(&["plain", "aes-128-ecb", "aes-256-ecb", "aes-128-ecb:repeats"]), one);
        assert_eq!(bytes(&["aes-128-ecb"]), one + 1280 * 720 * 4);
        let gcm = bytes(&["plain", "aes-128-gcm"]) - one;
        assert_eq!(bytes(&["plain", "aes-128-gcm", "aes-128-cbc"]), one + 2 * gcm);
        assert_eq!(
            bytes(&["plain", "aes-128-ecb+key-per-frame"]),
            one + gcm,
            "each frame has its own codebook"
        );
    }

    #[test]
    fn a_memory_of_one_frame_is_never_refused() {
        let large = Shape::new(16_384, 3_900);
        assert_eq!(scene(Layout::RGBA32, 1, &["plain", "aes-128-gcm"]).check_memory(large), Ok(()));
        let said = scene(Layout::RGBA32, 9, &["plain", "aes-128-gcm"]).check_memory(large);
        assert_eq!(said.expect_err("it does not fit").fit, 1);
    }

    #[test]
    fn a_scene_has_at_most_64_panels() {
        assert_eq!(check_panels(&[Panel::Plain; 64]), Ok(()));
        let said = check_panels(&[Panel::Plain; 65]).expect_err("one too many").to_string();
        assert!(said.contains("65 panels") && said.contains("at most 64"), "{said}");
    }
}
