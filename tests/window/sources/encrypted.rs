//! Films that are encrypted in their files.

use afterimage::payload::Target;
use eframe::egui::Key;

use crate::driver::Window;
use crate::folder::Folder;

/// The key of an encrypted film.
const CONTENT_KEY: &str = "00112233445566778899aabbccddeeff";

/// A film that is encrypted in its file.
fn encrypted_film(folder: &Folder) -> String {
    let source = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=2", "-c:v", "libx264"];
    let scheme = ["-encryption_scheme", "cenc-aes-ctr", "-encryption_kid", CONTENT_KEY];
    let key = ["-encryption_key", CONTENT_KEY];
    folder.ffmpeg("locked.mp4", &[&source[..], &scheme, &key].concat())
}

#[test]
fn an_encrypted_film_shows_its_own_ciphertext_until_its_key_is_typed() {
    let folder = Folder::new();
    let path = encrypted_film(&folder);
    for starts_with_it in [false, true] {
        let mut window = if starts_with_it {
            Window::start_real(&path)
        } else {
            let mut window = Window::open_real_panels("pattern:bars", &["plain", "aes-128-ecb"]);
            window.type_source(&path);
            window
        };
        window.until("its ciphertext", |app| {
            let is_own = app.state().scene.panels.iter().all(|panel| panel.is_own());
            let is_locked = app.status().info.as_ref().is_some_and(|info| info.is_locked);
            is_own && is_locked && app.displayed().is_some() && app.title().starts_with("locked.mp4")
        });
        window.settle();
        assert_eq!(window.panels(), ["own", "own:repeats", "own:sizes"]);
        assert_eq!(window.app().state().scene.target, Target::Packets);
        assert!(window.says("This file is encrypted"), "a notice says why");
        assert!(window.app().state().error(window.app().status()).is_none());
        window.click("Source settings");
        window.click("Content key");
        window.type_text(CONTENT_KEY);
        window.press(Key::Enter);
        window.until("the film", |app| {
            let is_open = app.status().info.as_ref().is_some_and(|info| !info.is_locked);
            is_open && app.displayed().is_some_and(|displayed| displayed.shape.width == 320)
        });
        assert_eq!(window.app().state().scene.target, Target::Pixels);
        assert_eq!(window.panels(), ["plain", "aes-128-ecb", "aes-128-ecb:tone", "aes-128-gcm"]);
    }
}
