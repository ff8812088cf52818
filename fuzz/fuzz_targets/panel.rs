//! A panel of any text: a panel that can be read reads back as the same.

#![no_main]

use afterimage::scene::Panel;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(panel) = text.parse::<Panel>() else { return };
    assert_eq!(panel.to_string().parse::<Panel>().expect("it reads back"), panel);
});
