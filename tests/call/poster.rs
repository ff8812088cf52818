//! The poster of the table.

use std::collections::BTreeMap;

use crate::folder::Folder;
use crate::program::{afterimage, shell};

/// The texts of a PNG by keyword.
fn texts(png: &[u8]) -> BTreeMap<String, String> {
    let reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().expect("a picture");
    let texts = &reader.info().utf8_text;
    texts.iter().map(|text| (text.keyword.clone(), text.get_text().expect("a text"))).collect()
}

#[test]
fn a_poster_says_how_to_make_it_again_and_holds_no_key() {
    let folder = Folder::new();
    let key = "00112233445566778899aabbccddeeff";
    let poster = folder.at("poster.png");
    let arguments = [
        "call",
        "--party",
        "ada=pattern:bars@64x48",
        "--party",
        "bo=demo:still",
        "--seconds",
        "1",
        "--leaves",
        "bo@0.25",
        "--renew",
        "--waiting-room",
        "fixed",
        "--media",
        "raw",
        "--protection",
        "one-key-ecb,srtp",
        "--theme",
        "dark",
        "--table",
        "-o",
        &poster,
    ];
    afterimage(arguments).assert().success();
    let made = folder.read("poster.png");
    let texts = texts(&made);
    assert_eq!(texts["Title"], "Who sees what of ada's video and sound");
    assert!(texts["Description"].contains("one-key-ecb, raw, wire: outlines"), "{texts:?}");
    assert!(texts["Description"].contains("srtp, raw, wire: sizes"), "{texts:?}");
    let command = &texts["Comment"];
    let again = shell(folder.root(), command);
    assert!(again.status.success(), "{command}");
    assert_eq!(folder.read("POSTER.png"), made, "{command}");
    // Another key changes no word, and is not in the file.
    afterimage(arguments.iter().chain(&["--key", key])).assert().success();
    assert_eq!(folder.read("poster.png"), made);
}
