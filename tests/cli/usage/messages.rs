//! Error messages: wrong usage exits with 2 and the message says what is right; a task that fails exits with 1.

use crate::folder::Folder;
use crate::program::{afterimage, json, refused, stdout, warnings};

#[test]
fn a_wrong_name_is_refused_with_the_right_names() {
    for (args, named) in [
        (&["measure", "demo", "rot13"][..], "aes-128-ecb"),
        (&["measure", "demo", "aes-128-ecb:xray"], "repeats"),
        (&["measure", "demo", "--panel", "aes-128-ecb+reused-nonce"], "key-per-frame"),
        (&["measure", "demo", "--layout", "cmyk"], "yuv420p"),
        (&["measure", "pattern:plaid"], "moving-box"),
        (&["measure", "demo", "AES-128-ECB"], "did you mean aes-128-ecb?"),
        (&["measure", "demo", "ecb"], "did you mean aes-128-ecb?"),
        (&["measure", "demo", "aes128gcm:repeats"], "did you mean aes-128-gcm?"),
        (&["encrypt", "demo", "aes-128-ebc", "-o", "x"], "did you mean aes-128-ecb?"),
        (&["measure", "demo", "aes-128-ecb:Repeats"], "did you mean repeats?"),
        (&["measure", "demo", "aes-128-ecb:colours,palete=viridis"], "did you mean palette=viridis?"),
        (&["measure", "demo", "repeats"], "aes-128-ecb:repeats"),
        (&["measure", "demo", "Plain"], "did you mean plain?"),
        (&["measure", "demo", "--layout", "grey8"], "did you mean gray8?"),
        (&["measure", "pattern:Bars"], "did you mean bars?"),
        (&["measure", "demo", "--formt", "csv"], "--format"),
        (&["measure", "demo", "--format", "jsno"], "similar value exists: 'json'"),
        (&["measure", "-"], "standard input is not read"),
        (&["info", "https://example.invalid/film.mp4"], "addresses are not read"),
        (&["measure", "demo", "-q", "-v"], "--verbose"),
        (&["encrypt", "demo", "des", "-o", "x"], "aes-128-ecb"),
        (&["decrypt", "x", "--scheme", "des", "--frame", "0", "-o", "y"], "aes-128-ecb"),
        (&["measure", "demo", "--format", "xml"], "json"),
        (&["measure", "demo", "--at", "noon"], "[HH:]MM:SS"),
        (&["measure", "demo", "--frames", "9-3"], "smaller number first"),
        (&["measure", "demo", "--frames", "3,x"], "3,7,20-25"),
        (&["measure", "demo", "--from", "9", "--to", "3"], "--from"),
        (&["figure", "demo", "--frame", "1", "--at", "1", "-o", "x.png"], "--at"),
    ] {
        let message = refused(2, args);
        assert!(message.starts_with("error: ") && message.contains(named), "{args:?}: {message}");
    }
}

#[test]
fn a_command_that_writes_a_file_asks_for_its_name() {
    for args in [
        &["figure", "demo"][..],
        &["matrix", "demo"],
        &["encrypt", "demo"],
        &["decrypt", "demo", "--scheme", "aes-128-ecb", "--frame", "0"],
    ] {
        let message = refused(2, args);
        assert!(message.contains("--output <FILE>"), "{message}");
    }
}

#[test]
fn a_bad_key_is_refused_and_not_printed() {
    let folder = Folder::new();
    let short = folder.write("short", "abcdef\n");
    for (args, named) in [
        (&["--key", "abcdefgh"][..], "hexadecimal"),
        (&["--key", ""], "empty"),
        (&["--key", "abcdef"], "16 bytes (32 hex digits), but only 3"),
        (&["--key-file", &short], "16 bytes"),
        (&["--key-file", &short, "--key", "abcdef"], "--key"),
    ] {
        let message = refused(2, ["measure", "demo"].iter().chain(args));
        assert!(message.contains(named) && !message.contains("abcdef"), "{args:?}: {message}");
    }
    let message = refused(2, ["measure", "demo", "aes-128-xts", "--key", &"ab".repeat(64)]);
    assert!(message.contains("aes-128-xts") && !message.contains("abab"), "{message}");
    let missing = folder.at("missing");
    let message = refused(1, ["measure", "demo", "--key-file", &missing]);
    assert!(message.contains("cannot read the key") && message.contains("missing"), "{message}");
}

#[test]
fn a_key_may_have_colons_spaces_a_prefix_and_a_byte_order_mark() {
    let folder = Folder::new();
    let plain = "000102030405060708090a0b0c0d0e0f";
    let with = |separator: &str, before: &str| {
        let bytes = plain.as_bytes().chunks(2).map(|digits| String::from_utf8_lossy(digits).into_owned());
        bytes.map(|byte| format!("{before}{byte}")).collect::<Vec<_>>().join(separator)
    };
    let marked: Vec<u8> =
        [0xFEFF].into_iter().chain(with(":", "").encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let utf8 = folder.write("utf8", format!("\u{feff}{plain}\r\n"));
    let utf16 = folder.write("utf16", marked);
    let encrypted = |key: &[&str]| {
        let out = folder.at("out");
        let args = ["encrypt", "pattern:bars@32x16", "aes-128-cbc", "-o", &out, "--format", "json"];
        json(args.iter().chain(key));
        folder.read("out")
    };
    let expected = encrypted(&["--key", plain]);
    let (colons, spaces, prefixes) = (with(":", ""), with(" ", ""), with(", ", "0x"));
    let prefix = format!("0x{plain}");
    for key in [
        ["--key", &colons],
        ["--key", &spaces],
        ["--key", &prefixes],
        ["--key", &prefix],
        ["--key-file", &utf8],
        ["--key-file", &utf16],
    ] {
        assert_eq!(encrypted(&key), expected, "{key:?}");
    }
    let scene = folder.write(
        "scene.toml",
        "version = 1\nsource = \"pattern:bars@32x16\"\nkey_file = \"utf16\"\npanels = [\"aes-128-cbc\"]\n",
    );
    let out = folder.at("out");
    afterimage(["encrypt", &scene, "-o", &out]).assert().success();
    assert_eq!(folder.read("out"), expected);
    let binary = folder.write("binary", [0xFF; 16]);
    let message = refused(1, ["measure", "demo", "--key-file", &binary]);
    assert!(message.contains("hex digits") && message.contains("utf-8"), "{message}");
}

#[test]
fn a_word_that_is_neither_command_nor_file_is_refused_with_the_commands() {
    let message = refused(2, ["inof"]);
    assert!(
        message.contains("inof") && message.contains("did you mean info?") && message.contains("measure"),
        "{message}"
    );
    let message = refused(2, ["meausre", "demo", "--frame", "3"]);
    assert!(message.contains("did you mean measure?"), "{message}");
    let message = refused(2, ["MATRIX"]);
    assert!(message.contains("did you mean matrix?"), "{message}");
    let message = refused(2, ["--verbose", "measure"]);
    assert!(message.contains("write it before all options"), "{message}");
    let message = refused(1, ["measure", "Demo"]);
    assert!(message.contains("did you mean demo?"), "{message}");
    let message = refused(1, ["no-such-film.mp4"]);
    assert!(message.contains("cannot read the file") && message.contains("no-such-film.mp4"), "{message}");
}

#[test]
fn control_characters_are_printed_as_escapes() {
    let folder = Folder::new();
    let name = "a\u{1b}[31m\u{202e}b\nc\u{7}.mkv";
    let is_safe = |text: &str| !text.contains(['\u{1b}', '\u{202e}', '\u{7}', '\u{9b}']);
    let missing = refused(1, ["info", name]);
    assert!(is_safe(&missing) && missing.contains(r"a\u{1b}[31m\u{202e}b\nc\u{7}.mkv"), "{missing}");
    let film = folder.film(name, 16, 16);
    for args in [&["info", &film][..], &["measure", &film, "--frame", "0"]] {
        let message = stdout(args);
        assert!(is_safe(&message) && message.contains(r"\u{202e}b\nc"), "{message}");
    }
    for args in [
        &["measure", "demo", name][..],
        &["measure", "demo", "--layout", name],
        &["measure", "demo", "--format", name],
        &["measure", "demo", "--memory", name],
        &["measure", "demo", "--at", name],
        &["measure", "demo", "--no\u{1b}[2Jthing"],
        &["info", "demo", name],
        &["demo", name],
        &["info", "https://\u{9b}2J/"],
        &["a\u{202e}b"],
    ] {
        let message = refused(2, args);
        assert!(is_safe(&message) && message.lines().count() < 9, "{args:?}: {message}");
    }
    let scene = folder.write("scene.toml", "version = 1\nsource = \"demo\"\npanels = [\"\\u001b[31m\"]\n");
    assert!(is_safe(&refused(2, ["info", &scene])));
    let scene = folder.write("scene.toml", "version = 1\n\u{9b}2J\u{202e} = 3\n");
    assert!(is_safe(&refused(2, ["info", &scene])));
}

#[test]
fn an_argument_that_may_be_part_of_a_key_is_not_printed() {
    for args in [
        &["measure", "demo", "--key", "0001", "c0ffee"][..],
        &["info", "demo", "--key", "0001", "c0ffee"],
        &["decrypt", "x", "--scheme", "aes-128-ecb", "--frame", "0", "-o", "y", "--key", "00:01", "c0:ff:ee"],
    ] {
        let message = refused(2, args);
        assert!(!message.contains("c0ffee") && !message.contains("c0:ff:ee"), "{message}");
    }
}

#[test]
fn every_command_takes_quiet_and_verbose() {
    let folder = Folder::new();
    let (png, mkv, bin) = (folder.at("f.png"), folder.at("f.mkv"), folder.at("f.bin"));
    for args in [
        &["info", "pattern:bars@32x16"][..],
        &["figure", "pattern:bars@32x16", "plain", "-o", &png],
        &["clip", "pattern:bars@32x16", "plain", "--frames", "0-1", "-o", &mkv],
        &["matrix", "pattern:bars@32x16", "--schemes", "aes-128-ecb", "--lenses", "repeats", "-o", &png],
        &["measure", "pattern:bars@32x16", "--frame", "0"],
        &["encrypt", "pattern:bars@32x16", "-o", &bin],
        &["decrypt", &bin, "--scheme", "aes-128-ecb", "--frame", "0", "-o", &png],
        &["schemes"],
        &["lenses"],
        &["layouts"],
        &["--ask", "source"],
    ] {
        for flag in ["-q", "--quiet"] {
            afterimage(args.iter().chain(&[flag])).assert().success().stderr("");
        }
        for flag in ["-v", "--verbose"] {
            afterimage(args.iter().chain(&[flag])).assert().success();
        }
    }
    let log = warnings(["measure", "demo", "--frame", "0", "-v"]);
    assert!(log.contains("opened demo") && log.contains("h264") && log.contains("rendered 1 frame"), "{log}");
}

#[test]
fn an_output_that_cannot_be_written_is_named_and_no_file_is_left() {
    let folder = Folder::new();
    folder.write("file", "");
    for name in ["no-such-folder/out.png", "file/out.png", ""] {
        let out = folder.at(name);
        for command in ["encrypt", "measure"] {
            let message = refused(1, [command, "pattern:bars", "--frame", "0", "-o", &out]);
            assert!(message.contains("folder that exists") && message.contains(&out), "{message}");
        }
    }
    let out = folder.at("file/out.png");
    assert!(refused(1, ["figure", "pattern:bars", "-o", &out]).contains(&out));
    assert_eq!(folder.names(), ["file"]);
}
