//! Tampering with the pointer, and the numeric options of lenses.

use afterimage::leak::Finding;
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, Pos2, Vec2, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::driver::Window;

/// A window that is paused at frame 2. Its second panel has a scheme and the lens `received`.
fn receiving(mode: &str, scheme: &str) -> Window {
    let mut window = Window::holding(2);
    if scheme != "AES-128-ECB" {
        window.choose_scheme(2, mode, scheme);
    }
    window.choose("Lens of panel 2", "received");
    window.until_frame(2);
    window
}

/// The position on screen of a pixel of the frame of 320 × 180 pixels.
fn at(window: &Window, pixel: Vec2) -> Pos2 {
    let picture = window.picture(2);
    picture.min + (pixel + vec2(0.5, 0.5)) / vec2(320.0, 180.0) * picture.size()
}

fn click(window: &mut Window, pixel: Vec2) {
    let pos = at(window, pixel);
    window.drag(pos, pos);
    window.until_frame(2);
    window.settle();
}

fn drag(window: &mut Window, from: Vec2, to: Vec2) {
    let (from, to) = (at(window, from), at(window, to));
    window.drag(from, to);
    window.until_frame(2);
}

fn panel(window: &Window) -> String {
    window.panels().remove(1)
}

#[track_caller]
fn until_verdict(window: &mut Window, word: Option<Finding>) {
    window.until("the verdict", |app| {
        app.displayed().is_some_and(|displayed| {
            displayed.panels[1].panel == app.state().scene.panels[1]
                && displayed.panels[1].leakage.word == word
        })
    });
    window.settle();
}

#[test]
fn a_click_flips_the_bit_under_the_pointer_and_the_verdict_follows() {
    let mut window = receiving("CTR", "AES-128-CTR");
    assert_eq!(panel(&window), "aes-128-ctr:received,untouched");
    assert!(window.says("The receiver has the frame that was sent") || window.says("Arrives as it was sent"));
    click(&mut window, vec2(100.0, 40.0));
    // Green of pixel (100, 40), its highest bit.
    assert_eq!(panel(&window), format!("aes-128-ctr:received,flip={}.7", (40 * 320 + 100) * 4 + 1));
    until_verdict(&mut window, Some(Finding::Forged));
    assert!(window.has("In a word: forged"));
    click(&mut window, vec2(100.0, 40.0));
    assert_eq!(panel(&window), "aes-128-ctr:received,untouched", "the same click flips it back");
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.until_frame(2);
    until_verdict(&mut window, Some(Finding::Forged));
    window.choose_scheme(2, "GCM", "AES-128-GCM");
    until_verdict(&mut window, Some(Finding::Rejected));
    window.choose_scheme(2, "CBC", "AES-128-CBC");
    until_verdict(&mut window, Some(Finding::Garbled));
}

#[test]
fn a_drag_selects_a_rectangle_which_the_next_drag_copies() {
    let mut window = receiving("ECB", "AES-128-ECB");
    drag(&mut window, vec2(8.0, 10.0), vec2(71.0, 49.0));
    let mark = window.app().state().panel_view.tamper_tool.mark.unwrap();
    assert_eq!((mark.panel, mark.rect), (1, [8, 10, 64, 40]));
    assert_eq!(panel(&window), "aes-128-ecb:received,untouched", "nothing is copied yet");
    drag(&mut window, vec2(20.0, 20.0), vec2(140.0, 110.0));
    assert_eq!(panel(&window), "aes-128-ecb:received,splice=128,100,64,40@8,10");
    until_verdict(&mut window, Some(Finding::Forged));
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.until_frame(2);
    assert_eq!(panel(&window), "aes-128-ecb:received,untouched");
    window.press(Key::Escape);
    window.settle();
    assert!(window.app().state().panel_view.tamper_tool.mark.is_none());
}

#[test]
fn the_panel_follows_a_dragged_rectangle_and_the_drag_is_one_step_of_undo() {
    let mut window = receiving("ECB", "AES-128-ECB");
    drag(&mut window, vec2(8.0, 10.0), vec2(71.0, 49.0));
    let held = at(&window, vec2(20.0, 20.0));
    window.press_at(held);
    for (to, splice) in [(60.0, "48,50,64,40@8,10"), (140.0, "128,50,64,40@8,10")] {
        window.harness.hover_at(at(&window, vec2(to, 60.0)));
        // The button is still down.
        let wanted = format!("aes-128-ecb:received,splice={splice}");
        window.until("the panel follows", |app| {
            app.displayed().is_some_and(|displayed| {
                displayed.panels[1].panel.to_string() == wanted
                    && displayed.panels[1].leakage.word == Some(Finding::Forged)
            })
        });
    }
    window.harness.drop_at(at(&window, vec2(140.0, 110.0)));
    window.settle();
    assert_eq!(panel(&window), "aes-128-ecb:received,splice=128,100,64,40@8,10", "where it was dropped");
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(panel(&window), "aes-128-ecb:received,untouched");
}

#[test]
fn without_the_tamper_tool_the_pointer_zooms_and_pins() {
    let mut window = receiving("CTR", "AES-128-CTR");
    window.press(Key::E);
    window.press(Key::B);
    window.settle();
    assert!(window.says("the pointer zooms"));
    let pos = at(&window, vec2(100.0, 40.0));
    window.move_to(pos);
    click(&mut window, vec2(100.0, 40.0));
    assert_eq!(panel(&window), "aes-128-ctr:received,untouched");
    assert_eq!(window.app().state().inspector.pinned.map(|at| at.block), Some((40 * 320 + 100) / 4));
}

#[test]
fn every_kind_of_tampering_can_be_set_in_a_form() {
    let mut window = receiving("GCM", "AES-128-GCM");
    window.click("Options of panel 2");
    window.click("Flip a bit");
    // The middle of the picture.
    assert_eq!(panel(&window), format!("aes-128-gcm:received,flip={}.7", (90 * 320 + 160) * 4 + 1));
    window.set("Bit that is flipped", 0.0);
    window.set("Byte that is flipped", 230_400.0);
    assert_eq!(panel(&window), "aes-128-gcm:received,flip=230400.0", "a bit of the tag");
    until_verdict(&mut window, Some(Finding::Rejected));
    window.click("Flip a bit");
    window.click("The receiver has a wrong key");
    assert_eq!(panel(&window), "aes-128-gcm:received,wrong-key");
    window.click("Replay frame");
    window.set("Frame that is replayed", 1.0);
    assert_eq!(panel(&window), "aes-128-gcm:received,replay=1,wrong-key");
    window.click("Copy a rectangle");
    window.set("Column it is copied to", 1000.0);
    window.click("of frame");
    let spliced = "aes-128-gcm:received,replay=1,splice=240,90,80,45@0,0@2,wrong-key";
    assert_eq!(panel(&window), spliced, "the rectangle stays within the frame");
    assert_eq!(window.harness.unnamed_widgets(), Vec::<String>::new());
    window.click("Reset");
    assert_eq!(panel(&window), "aes-128-gcm:received,untouched");
    window.set("Bit that is flipped", 3.0);
    assert_eq!(window.app().state().panel_view.tamper_tool.bit, 3, "the bit that the next click flips");
}

#[test]
fn the_known_frames_of_a_codebook_are_set_by_number_and_by_the_loop() {
    let mut window = Window::holding(2);
    window.press(Key::I);
    window.press(Key::ArrowRight);
    window.until_frame(3);
    window.press(Key::O);
    window.settle();
    window.choose("Lens of panel 2", "codebook");
    window.click("Options of panel 2");
    window.click("The loop range");
    assert_eq!(panel(&window), "aes-128-ecb:codebook,known=2-3");
    window.set("First known frame", 9.0);
    assert_eq!(panel(&window), "aes-128-ecb:codebook,known=9-9");
    until_verdict(&mut window, Some(Finding::Recovered));
    window.click("This frame");
    assert_eq!(panel(&window), "aes-128-ecb:codebook,known=3-3");
    let first = window.harness.get_by_label("First known frame");
    assert_eq!(first.accesskit_node().numeric_value(), Some(3.0));
}

/// The share of the blocks that panel 2 fills with estimated colours, once the panel is shown as the scene has it.
#[track_caller]
fn filled_share(window: &mut Window) -> f64 {
    window.until("the estimates", |app| {
        app.displayed().is_some_and(|displayed| {
            let shown = &displayed.panels[1];
            shown.panel == app.state().scene.panels[1] && shown.leakage.filled_share.is_some()
        })
    });
    window.settle();
    window.app().displayed().and_then(|displayed| displayed.panels[1].leakage.filled_share).unwrap()
}

/// Moves a slider, which has its name in common with the number beside it.
fn slide(window: &mut Window, name: &str, value: f64) {
    window.harness.get_by_role_and_label(Role::Slider, name).set_value_accesskit(value);
    window.settle();
}

#[test]
fn the_confidence_and_the_opacity_of_estimates_are_set_by_sliders() {
    let mut window = Window::open_real_panels("demo:film", &["plain", "aes-128-ecb:tint,sure=0.125"]);
    window.hold(12);
    let at_first = filled_share(&mut window);
    assert!(at_first > 0.03, "{at_first}");
    window.click("Options of panel 2");
    assert_eq!(panel(&window), "aes-128-ecb:tint,sure=0.125", "the form alone changes nothing");
    slide(&mut window, "least confidence", 0.9);
    assert_eq!(panel(&window), "aes-128-ecb:tint,sure=0.9");
    let (few, before) = (filled_share(&mut window), window.app().displayed().unwrap().panels[1].leakage);
    assert!(few < at_first / 2.0, "{few} of {at_first}");
    slide(&mut window, "opacity of estimates", 0.0);
    assert_eq!(panel(&window), "aes-128-ecb:tint,sure=0.9,opacity=0");
    filled_share(&mut window);
    let after = window.app().displayed().unwrap().panels[1].leakage;
    assert_eq!(after.filled_psnr, before.filled_psnr, "the opacity changes the picture, not the numbers");
    assert_eq!(window.harness.unnamed_widgets(), Vec::<String>::new());
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.settle();
    assert_eq!(panel(&window), "aes-128-ecb:tint,sure=0.9", "the movements of a slider are one change");
}
