//! The lessons against their panels, at the frame where a lesson starts and at a later one: every number and claim of the
//! texts must agree with the numbers and pixels of the demonstration video.

mod encoded;
#[path = "../common/frames.rs"]
mod frames;
#[path = "../common/sheets.rs"]
mod sheets;

use std::collections::BTreeSet;

use afterimage::crypto::Verdict;
use afterimage::gui::model::lessons::{Lesson, lessons};
use afterimage::leak::Finding;
use afterimage::media::Source;
use afterimage::picture::Carpet;
use afterimage::render::{Attack, Range, RenderedPanel, Sheet};
use afterimage::scene::{Panel, Scene};
use afterimage::units::FrameList;

use frames::pixels;

/// The second frame that is checked is this many frames after the start of a lesson: the lesson may be playing.
const LATER: u64 = 31;

fn lesson(number: usize) -> &'static Lesson {
    &lessons()[number - 1]
}

/// The sheets of a scene at the frame where a lesson starts and, unless the source is a still, at a later frame.
fn sheets_of(lesson: &Lesson, scene: &Scene) -> Vec<Sheet> {
    let start = lesson.scene.frame.unwrap_or_default();
    let is_still = matches!(scene.source, Source::DemoStill | Source::DemoBitmap);
    let later = if is_still { String::new() } else { format!(",{}", start.0 + LATER) };
    let frames: FrameList = format!("{start}{later}").parse().expect("frames");
    let sheets = sheets::sheets(scene, Range::List(&frames));
    assert_eq!(sheets.len(), if is_still { 1 } else { 2 });
    sheets
}

fn answer(number: usize) -> (&'static Lesson, Vec<Sheet>) {
    let lesson = lesson(number);
    (lesson, sheets_of(lesson, &lesson.scene.scene))
}

/// True if all pixels are equal. In the picture of messages, pixels of clear bytes and of no bytes do not count.
fn is_even(panel: &RenderedPanel) -> bool {
    let pixels = pixels(panel);
    let is_clear = |pixel: &[u8; 4]| panel.is_of_messages() && *pixel == Carpet::CLEAR;
    let mut others = pixels.iter().filter(|pixel| !is_clear(pixel));
    others.next().is_none_or(|first| others.all(|pixel| pixel == first))
}

/// The panels that are empty in the answer of a lesson, which is about that.
fn empty_panels(number: usize) -> &'static [&'static str] {
    match number {
        3 => &["aes-128-ecb:repeats", "aes-128-ecb:outline"],
        9 => &["aes-128-ecb+key-per-frame:motion", "aes-128-gcm:motion"],
        10 => &["aes-128-gcm:tone"],
        11 => &["aes-128-gcm:codebook"],
        13 => &["aes-128-gcm:received,flip=1845761.7"],
        14 => &["aes-128-gcm:received,replay=0", "aes-128-gcm-siv+reused-nonce:received,flip=1845761.7"],
        15 => &["aes-128-ecb:repeats", "aes-128-gcm:repeats"],
        17 => &["aes-128-ecb:repeats"],
        18 => &["aes-128-cbc+fixed-iv:repeats"],
        24 => &["own:repeats,observer=wire"],
        _ => &[],
    }
}

#[test]
fn only_the_panels_that_a_lesson_is_about_are_empty_and_they_say_why() {
    for (number, lesson) in (1..).zip(lessons()) {
        for (answered, scene) in [(false, lesson.asking()), (true, lesson.scene.scene.clone())] {
            for sheet in sheets_of(lesson, &scene) {
                let mut empty = BTreeSet::new();
                for panel in &sheet.panels {
                    let (name, message) = (panel.panel.to_string(), panel.why_empty());
                    assert!(panel.pending.is_none(), "{name} of lesson {number}");
                    assert_eq!(message.is_some(), is_even(panel), "{name} of lesson {number}: {message:?}");
                    if message.is_some() {
                        empty.insert(name);
                    }
                }
                let expected: BTreeSet<String> = match (number, answered) {
                    // The question is about repeats, and there are none.
                    (15, false) => ["aes-128-ecb:repeats".to_owned()].into(),
                    (_, false) => BTreeSet::new(),
                    (_, true) => empty_panels(number).iter().map(|&name| name.to_owned()).collect(),
                };
                assert_eq!(
                    empty, expected,
                    "lesson {number}, answered: {answered}, frame {}",
                    sheet.frame.index
                );
            }
        }
    }
}

#[test]
fn a_lesson_names_every_mode_that_it_shows() {
    for lesson in lessons() {
        let message = format!("{} {} {}", lesson.text, lesson.question, lesson.answer);
        for scheme in lesson.scene.scene.panels.iter().filter_map(|panel| panel.scheme()) {
            let name = scheme.base_name().to_uppercase();
            // Observers of a call show what was transmitted.
            let Some(mode) = name.splitn(3, '-').nth(2) else { continue };
            assert!(message.contains(mode), "{} shows {mode} and does not name it", lesson.title);
        }
    }
}

/// The percentages in a lesson's texts.
fn percentages(lesson: &Lesson) -> BTreeSet<u64> {
    let message = format!("{} {} {}", lesson.text, lesson.question, lesson.answer);
    let message = message.replace('\u{a0}', " ");
    let parts: Vec<&str> = message.split(" %").collect();
    let number = |part: &&str| part.rsplit(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok();
    parts[..parts.len() - 1].iter().filter_map(number).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share")]
fn percent(share: f64) -> u64 {
    (share * 100.0).round() as u64
}

#[test]
fn the_percentages_of_the_texts_are_those_of_the_panels() {
    let repeated = |lesson: &Lesson, scene: &Scene| {
        let sheet = sheets_of(lesson, scene).remove(0);
        let cipher = sheet.panels.iter().find(|panel| panel.panel != Panel::Plain).expect("a ciphertext");
        percent(cipher.leakage.repeated_share)
    };
    let shown = |number: usize| -> BTreeSet<u64> {
        let lesson = lesson(number);
        match number {
            2 => [repeated(lesson, &lesson.scene.scene)].into(),
            4 => [repeated(lesson, &lesson.asking()), repeated(lesson, &lesson.scene.scene)].into(),
            11 => {
                let sheet = sheets_of(lesson, &lesson.scene.scene).remove(0);
                sheet.panels[1].leakage.recovered_share.map(percent).into_iter().collect()
            }
            _ => BTreeSet::new(),
        }
    };
    for (number, lesson) in (1..).zip(lessons()) {
        assert_eq!(percentages(lesson), shown(number), "lesson {number}: {}", lesson.title);
    }
    assert_eq!(percentages(lesson(4)).len(), 2, "the percentages of lesson 4 are found");
}

#[test]
fn lessons_1_to_6_say_what_they_show() {
    let (_, sheets) = answer(1);
    assert_eq!(sheets[0].panels[1].leakage.word, Some(Finding::Outlines));
    let (_, sheets) = answer(3);
    assert!(sheets.iter().flat_map(|sheet| &sheet.panels).all(|panel| panel.leakage.repeated == 0));

    // Fewer blocks repeat, and a block covers four times as many pixels.
    let four = lesson(4);
    let [asked, answered] = [four.asking(), four.scene.scene.clone()].map(|scene| first_sheet(four, &scene));
    assert!(answered.panels[1].leakage.repeated_share < asked.panels[1].leakage.repeated_share);
    assert_eq!(answered.panels[1].leakage.blocks * 4, asked.panels[1].leakage.blocks);

    // No pixel of the lens repeats changes, and the ciphertexts agree only by chance.
    for sheet in answer(5).1 {
        assert_eq!(pixels(&sheet.panels[2]), pixels(&sheet.panels[3]));
        let [one, other] = [0, 1].map(|at| &sheet.panels[at].wire.as_ref().expect("a ciphertext").bytes[..]);
        let equal = one.iter().zip(other).filter(|(one, other)| one == other).count() as f64;
        let share = equal / one.len() as f64;
        // The share varies, because one block repeats 60,000 times.
        assert!(share < 0.01, "about one byte in 256 agrees by chance: {share}");
    }
    for panel in &answer(6).1[0].panels[1..] {
        assert_eq!(
            (panel.leakage.repeated, panel.leakage.word),
            (0, Some(Finding::Noise)),
            "{}",
            panel.panel
        );
    }
}

fn first_sheet(lesson: &Lesson, scene: &Scene) -> Sheet {
    sheets_of(lesson, scene).remove(0)
}

#[test]
fn lessons_7_to_9_say_which_blocks_change() {
    for sheet in answer(7).1 {
        let [alone, ctr, gcm, siv] = &sheet.panels[..] else { panic!("four panels") };
        assert_eq!(alone.leakage.repeated, 0, "a single frame looks like noise");
        let black = |panel| pixels(panel).iter().filter(|pixel| pixel[..3] == [0; 3]).count() as f64;
        let all = pixels(ctr).len() as f64;
        assert!(
            black(ctr) / all > 0.5 && black(ctr) < all,
            "unchanged pixels are black, and some pixels change"
        );
        assert_eq!(
            pixels(ctr),
            pixels(gcm),
            "the XOR removes the keystream, so both show the same difference"
        );
        assert_eq!(siv.leakage.same_as_previous, Some(0));
        assert!(black(siv) / all < 0.001, "noise");
    }
    for sheet in answer(8).1 {
        let [plain, cbc, cfb, xts] = &sheet.panels[..] else { panic!("four panels") };
        assert_eq!(
            xts.leakage.same_as_previous, plain.leakage.same_as_previous,
            "XTS shows exactly the changed blocks"
        );
        for chained in [cbc, cfb] {
            let leakage = chained.leakage;
            assert_eq!(
                leakage.same_as_previous, leakage.same_prefix,
                "no block after the first change is equal"
            );
            assert!(leakage.same_prefix > Some(0) && leakage.same_as_previous < xts.leakage.same_as_previous);
        }
        assert!(sheet.panels.iter().skip(1).all(|panel| panel.leakage.repeated == 0));
    }
    for sheet in answer(9).1 {
        let [ecb, keyed, outlines, gcm] = &sheet.panels[..] else { panic!("four panels") };
        assert!(ecb.leakage.same_as_previous > Some(0));
        assert_eq!(keyed.leakage.same_as_previous, Some(0), "under another key no block is equal");
        assert_eq!(outlines.leakage.word, Some(Finding::Outlines), "the outlines are still visible");
        assert_eq!((gcm.leakage.same_as_previous, gcm.leakage.repeated), (Some(0), 0));
    }
}

#[test]
fn lessons_10_and_11_say_how_much_is_recovered() {
    let is_grey = |pixel: &[u8; 4]| pixel[0].abs_diff(pixel[1]) <= 2 && pixel[1].abs_diff(pixel[2]) <= 2;
    let grey = |panel: &RenderedPanel| {
        pixels(panel).iter().filter(|pixel| is_grey(pixel)).count() as f64 / pixels(panel).len() as f64
    };
    let sheet = answer(10).1.remove(0);
    let [_, coloured, by_one, gcm] = &sheet.panels[..] else { panic!("four panels") };
    assert!(coloured.leakage.tone_painted > Some(0.9), "{:?}", coloured.leakage.tone_painted);
    assert!(coloured.leakage.tone_r2 > Some(0.4), "shading: {:?}", coloured.leakage.tone_r2);
    assert!(
        grey(coloured) < 0.3 && grey(by_one) > 0.9,
        "false colours {}, grey {}",
        grey(coloured),
        grey(by_one)
    );
    assert!(gcm.note.is_some());

    for sheet in answer(11).1 {
        let [plain, ecb, ctr, gcm] = &sheet.panels[..] else { panic!("four panels") };
        let share = |panel: &RenderedPanel| panel.leakage.recovered_share;
        assert_eq!((share(ctr), share(gcm)), (Some(1.0), Some(0.0)));
        assert!(share(ecb) > Some(0.8) && share(ecb) < Some(0.9), "{:?}", share(ecb));
        assert_eq!(pixels(ctr), pixels(plain), "every pixel is recovered");
        let differing = pixels(ecb).iter().zip(pixels(plain)).filter(|(seen, original)| seen != original);
        assert!(
            differing.map(|(seen, _)| seen).all(|pixel| *pixel == afterimage::lens::GROUND),
            "a pixel is dark or right"
        );
    }
}

#[test]
fn lesson_12_says_how_much_of_the_film_follows_and_how_well() {
    for sheet in answer(12).1 {
        let [_, codebook, tone, tint] = &sheet.panels[..] else { panic!("four panels") };
        let exact = codebook.leakage.recovered_share.expect("a share");
        assert!((0.45..0.6).contains(&exact), "half: {exact}");
        let filled = tint.leakage.filled_share.expect("a share");
        assert!((0.15..0.25).contains(&filled), "a fifth: {filled}");
        let levels = 255.0 / 10f64.powf(tint.leakage.filled_psnr.expect("decibels") / 20.0);
        assert!((2.5..3.5).contains(&levels), "about 3 levels: {levels}");
        assert!(tone.leakage.tone_painted > Some(0.4) && tint.leakage.filled_r2 > Some(0.98));
    }
}

#[test]
fn lessons_13_and_14_say_which_receivers_notice_tampering() {
    let verdict = |panel: &RenderedPanel| match panel.attack {
        Some(Attack::Received(verdict)) => verdict,
        other => panic!("{}: {other:?}", panel.panel),
    };
    let replaced = lesson(13);
    let original = Scene { panels: vec![Panel::Plain], ..replaced.scene.scene.clone() };
    let original = first_sheet(replaced, &original);
    let sheet = first_sheet(replaced, &replaced.scene.scene);
    let [ecb, ctr, cbc, gcm] = &sheet.panels[..] else { panic!("four panels") };
    let changed = |panel: &RenderedPanel| -> Vec<usize> {
        let both = pixels(panel).iter().zip(pixels(&original.panels[0])).enumerate();
        both.filter(|(_, (seen, sent))| seen != sent).map(|(at, _)| at).collect()
    };
    assert_eq!(verdict(ecb), Verdict::Forged);
    // Outside the rectangle nothing changed, and the rectangle has the pixels of its neighbour.
    let (wide, seen) = (1280, pixels(ecb));
    assert!(
        changed(ecb)
            .iter()
            .all(|at| (1056..1248).contains(&(at % wide)) && (464..608).contains(&(at / wide)))
    );
    for y in 464..608 {
        assert_eq!(seen[y * wide + 1056..][..192], pixels(&original.panels[0])[y * wide + 848..][..192]);
    }
    let middle = 360 * wide + 640;
    assert_eq!(changed(ctr), [middle], "exactly one pixel, in the middle");
    let [seen, sent] = [pixels(ctr)[middle], pixels(&original.panels[0])[middle]];
    assert_eq!((seen[0], seen[1] ^ sent[1], seen[2]), (sent[0], 0x80, sent[2]));
    let block = changed(cbc);
    assert!(
        block.iter().all(|at| (middle..middle + 8).contains(at)),
        "only this block and the next change: {block:?}"
    );
    assert!(block.contains(&(middle + 4)) && block.len() > 3, "{block:?}");
    let next = [pixels(cbc)[middle + 4], pixels(&original.panels[0])[middle + 4]];
    assert_eq!(next[0][1] ^ next[1][1], 0x80, "the same bit of the next block is flipped");
    assert!(matches!(verdict(gcm), Verdict::Rejected(_)));

    let repeated = lesson(14);
    let original = Scene { panels: vec![Panel::Plain], ..repeated.scene.scene.clone() };
    let old = sheets::sheet(&original, 0);
    for (sheet, sent) in answer(14).1.iter().zip(sheets_of(repeated, &original)) {
        let [gcm, reused, siv, flipped] = &sheet.panels[..] else { panic!("four panels") };
        assert!(
            matches!(verdict(gcm), Verdict::Rejected(_)) && matches!(verdict(flipped), Verdict::Rejected(_))
        );
        for accepted in [reused, siv] {
            assert_eq!(verdict(accepted), Verdict::Forged);
            assert_eq!(pixels(accepted), pixels(&old.panels[0]), "the receiver shows the old frame");
            assert_ne!(
                pixels(accepted),
                pixels(&sent.panels[0]),
                "the receiver does not show the frame that was sent"
            );
        }
    }
}

#[test]
fn lesson_15_shows_noise_under_ecb_and_gcm() {
    for sheet in answer(15).1 {
        for panel in &sheet.panels {
            let leakage = panel.leakage;
            assert_eq!((leakage.repeated, leakage.word), (0, Some(Finding::Noise)), "{}", panel.panel);
        }
    }
}

#[test]
fn lesson_16_shows_the_penguin_under_ecb_in_stripes_of_three_blocks() {
    let (lesson, sheets) = answer(16);
    let [_, ecb, cbc, repeats] = &sheets[0].panels[..] else { panic!("four panels") };
    assert!(ecb.leakage.repeated_share > 0.99 && cbc.leakage.repeated == 0);
    let wire = ecb.wire.as_ref().expect("a ciphertext");
    assert_eq!(wire.payload.put_back(), Some(54), "{}", lesson.text);
    // The sky fills the first row of the picture, which is the last row of the file: 960 pixels of three bytes.
    let blocks = wire.bytes.as_chunks::<16>().0;
    let row: BTreeSet<_> = blocks[blocks.len() - 178..].iter().collect();
    assert_eq!(row.len(), 3, "one colour gives three distinct blocks");
    let edges = |panel: &RenderedPanel| {
        let (pixels, columns) = (pixels(panel), 960);
        let differs = |at: usize| pixels[at] != pixels[at + columns * 16];
        (0..pixels.len() - columns * 16).filter(|&at| differs(at)).count() * 100 / pixels.len()
    };
    assert!(
        edges(&sheets[0].panels[0]) < 30 && edges(ecb) < 35 && edges(cbc) > 90,
        "flat areas stay visible under ECB"
    );
    assert!(repeats.blank.is_none());
}
