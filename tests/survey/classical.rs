//! The classical measures of image encryption.

use afterimage::leak::{ClassicalMetrics, Finding};
use afterimage::media::Source;
use afterimage::render::{Job, Parts};
use afterimage::scene::Scene;

use crate::sheets::{self, from_to, panels};

#[test]
fn most_classical_measures_rate_ecb_better_than_secure_modes() {
    let scene = Scene {
        panels: panels(&["aes-128-ecb", "aes-128-cbc", "aes-128-ctr"]),
        ..Scene::of(Source::DemoStill)
    };
    let job = Job { parts: Parts::CLASSICAL, ..Job::new(&scene, from_to(0, 0)) };
    let sheet = sheets::run(job).expect("the penguin").remove(0);
    let [ecb, cbc, ctr] = [0, 1, 2].map(|panel| sheet.panels[panel].leakage);
    // What an eavesdropper sees.
    assert!(ecb.repeated_share > 0.99 && (cbc.repeated, ctr.repeated) == (0, 0));
    assert_eq!(
        [ecb, cbc, ctr].map(|leakage| leakage.word),
        [Finding::Outlines, Finding::Noise, Finding::Noise].map(Some)
    );
    // Papers call a lower PSNR and SSIM better. Measured: 6.73 dB for ECB and 8.09 dB for CBC, and 0.0165 and 0.0202.
    let of = |pick: fn(&ClassicalMetrics) -> Option<f64>| {
        [ecb, cbc, ctr].map(|leakage| pick(&leakage.classical).expect("an applicable measure"))
    };
    let [psnr, ssim] = [of(|classical| classical.psnr), of(|classical| classical.ssim)];
    assert!((psnr[0] - 6.73).abs() < 0.05 && (psnr[1] - 8.09).abs() < 0.05, "{psnr:?}");
    assert!((ssim[0] - 0.0165).abs() < 0.002 && (ssim[1] - 0.0202).abs() < 0.002, "{ssim:?}");
    // Papers call a higher NPCR and UACI better.
    let [npcr, uaci] = [of(|classical| classical.npcr), of(|classical| classical.uaci)];
    assert!(npcr[2] < npcr[0] && npcr[0] < 1e-5 && npcr[1] > 0.99, "{npcr:?}");
    assert!(uaci[2] < uaci[0] && uaci[1] > 0.33, "{uaci:?}");
    // On flat art, entropy and chi-square do show the leak of ECB.
    assert!(ecb.classical.byte_entropy < Some(6.5) && cbc.classical.byte_entropy > Some(7.999));
    assert!(ecb.classical.chi_square > Some(1e6) && cbc.classical.chi_square < Some(400.0));
}
