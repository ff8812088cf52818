//! Random data has no finding.

use afterimage::leak::{self, Change, Counter, Finding, Leakage, Outline};
use afterimage::picture::Shape;
use afterimage::picture::layout::{BLOCK_BYTES, Layout, Places};

use crate::footage::Noise;

/// The number of random frames that get another finding than noise. Each frame has 1 to 400 blocks and follows another
/// random frame of the same size.
fn false_findings(frames: u32) -> u32 {
    let mut noise = Noise::of(4);
    let mut counter = Counter::default();
    let mut found = 0;
    for _ in 0..frames {
        let [columns, rows] = [(); 2].map(|()| noise.next() as usize % 20 + 1);
        let blocks = columns * rows;
        let [now, before] = [(); 2].map(|()| noise.bytes(blocks * BLOCK_BYTES));
        let places = Places::of(Layout::RGBA32, Shape::new(columns as u32 * 4, rows as u32));
        let census = counter.count(&now);
        let leakage = Leakage::of(&census, blocks as u64).with_change(Some(Change::between(&now, &before)));
        let draws = leak::draws(&places, &Outline::of(&places, &census, None));
        // The lenses outline and motion must be empty as well.
        found += u32::from(draws || leak::shows_movement(&places, &now, &before));
        let finding = Finding::of(&leakage, draws, || leak::shows_movement(&places, &now, &before));
        found += u32::from(finding != Some(Finding::Noise));
    }
    found
}

#[test]
fn random_data_has_no_finding() {
    assert_eq!(false_findings(3000), 0);
}

#[test]
#[ignore = "takes minutes; the rate of false findings in docs/numbers.md was measured with it"]
fn a_million_random_frames_have_no_finding() {
    assert_eq!(false_findings(1_000_000), 0);
}
