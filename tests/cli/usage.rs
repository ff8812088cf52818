//! Wrong usage ends with 2 and says what would be right; what cannot be done ends with 1.

use crate::program::{Folder, afterimage, refused, stdout};

#[test]
fn unknown_names_are_answered_with_those_there_are() {
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
        let said = refused(2, args);
        assert!(said.starts_with("error: ") && said.contains(named), "{args:?}: {said}");
    }
}

#[test]
fn a_command_that_makes_a_file_says_that_it_needs_one() {
    for args in [
        &["figure", "demo"][..],
        &["matrix", "demo"],
        &["encrypt", "demo"],
        &["decrypt", "demo", "--scheme", "aes-128-ecb", "--frame", "0"],
    ] {
        let said = refused(2, args);
        assert!(said.contains("--output <FILE>"), "{said}");
    }
}

#[test]
fn a_bad_key_is_refused_and_never_repeated() {
    let folder = Folder::new();
    let short = folder.write("short", "abcdef\n");
    for (args, named) in [
        (&["--key", "abcdefgh"][..], "hexadecimal"),
        (&["--key", ""], "empty"),
        (&["--key", "abcdef"], "16 bytes (32 hex digits), but only 3"),
        (&["--key-file", &short], "16 bytes"),
        (&["--key-file", &short, "--key", "abcdef"], "--key"),
    ] {
        let said = refused(2, ["measure", "demo"].iter().chain(args));
        assert!(said.contains(named) && !said.contains("abcdef"), "{args:?}: {said}");
    }
    let said = refused(2, ["measure", "demo", "aes-128-xts", "--key", &"ab".repeat(64)]);
    assert!(said.contains("aes-128-xts") && !said.contains("abab"), "{said}");
    let missing = folder.at("missing");
    let said = refused(1, ["measure", "demo", "--key-file", &missing]);
    assert!(said.contains("cannot read the key") && said.contains("missing"), "{said}");
}

#[test]
fn a_key_is_read_with_colons_a_prefix_and_the_mark_of_an_editor() {
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
        crate::program::json(args.iter().chain(key));
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
    let said = refused(1, ["measure", "demo", "--key-file", &binary]);
    assert!(said.contains("hex digits") && said.contains("utf-8"), "{said}");
}

#[test]
fn a_word_that_is_neither_command_nor_file_is_told_the_commands() {
    let said = refused(2, ["inof"]);
    assert!(
        said.contains("inof") && said.contains("did you mean info?") && said.contains("measure"),
        "{said}"
    );
    let said = refused(2, ["meausre", "demo", "--frame", "3"]);
    assert!(said.contains("did you mean measure?"), "{said}");
    let said = refused(2, ["MATRIX"]);
    assert!(said.contains("did you mean matrix?"), "{said}");
    let said = refused(2, ["--verbose", "measure"]);
    assert!(said.contains("write it before all options"), "{said}");
    let said = refused(1, ["measure", "Demo"]);
    assert!(said.contains("did you mean demo?"), "{said}");
    let said = refused(1, ["no-such-film.mp4"]);
    assert!(said.contains("cannot read the file") && said.contains("no-such-film.mp4"), "{said}");
}

#[test]
fn nothing_that_a_terminal_obeys_is_printed_as_it_is() {
    let folder = Folder::new();
    let name = "a\u{1b}[31m\u{202e}b\nc\u{7}.mkv";
    let is_shown = |text: &str| !text.contains(['\u{1b}', '\u{202e}', '\u{7}', '\u{9b}']);
    let missing = refused(1, ["info", name]);
    assert!(is_shown(&missing) && missing.contains(r"a\u{1b}[31m\u{202e}b\nc\u{7}.mkv"), "{missing}");
    let film = folder.film(name, 16, 16);
    for args in [&["info", &film][..], &["measure", &film, "--frame", "0"]] {
        let said = crate::program::stdout(args);
        assert!(is_shown(&said) && said.contains(r"\u{202e}b\nc"), "{said}");
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
        let said = refused(2, args);
        assert!(is_shown(&said) && said.lines().count() < 9, "{args:?}: {said}");
    }
    let scene = folder.write("scene.toml", "version = 1\nsource = \"demo\"\npanels = [\"\\u001b[31m\"]\n");
    assert!(is_shown(&refused(2, ["info", &scene])));
    let scene = folder.write("scene.toml", "version = 1\n\u{9b}2J\u{202e} = 3\n");
    assert!(is_shown(&refused(2, ["info", &scene])));
}

#[test]
fn an_argument_that_may_be_part_of_a_key_is_not_repeated() {
    for args in [
        &["measure", "demo", "--key", "0001", "c0ffee"][..],
        &["info", "demo", "--key", "0001", "c0ffee"],
        &["decrypt", "x", "--scheme", "aes-128-ecb", "--frame", "0", "-o", "y", "--key", "00:01", "c0:ff:ee"],
    ] {
        let said = refused(2, args);
        assert!(!said.contains("c0ffee") && !said.contains("c0:ff:ee"), "{said}");
    }
}

#[test]
fn quiet_and_verbose_go_with_every_command() {
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
    let told = afterimage(["measure", "demo", "--frame", "0", "-v"]).assert().success();
    let told = String::from_utf8_lossy(&told.get_output().stderr).into_owned();
    assert!(
        told.contains("opened demo") && told.contains("h264") && told.contains("rendered 1 frame"),
        "{told}"
    );
}

#[test]
fn the_version_tells_the_libraries_too() {
    let told = crate::program::stdout(["--version"]);
    let program = std::process::Command::new("ffmpeg").arg("-version").output().expect("the ffmpeg program");
    let program = String::from_utf8_lossy(&program.stdout).into_owned();
    let release = program.split_whitespace().nth(2).expect("a version");
    assert!(
        told.contains(env!("CARGO_PKG_VERSION")) && told.contains(&format!("FFmpeg {release} ")),
        "{told}"
    );
    for library in ["libavutil", "libavcodec", "libavformat", "libavfilter", "libswscale"] {
        let line = program.lines().find(|line| line.starts_with(library)).expect(library);
        // `libavutil      57. 28.100 / 57. 28.100`: built with, and run with.
        let version = line.rsplit('/').next().expect("a version").replace(' ', "");
        assert!(told.contains(&format!("{library} {version}")), "{told}: {line}");
    }
    let short = crate::program::stdout(["-V"]);
    assert_eq!(short, format!("afterimage {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn scripts_are_told_the_commands_the_source_and_its_frame() {
    let asked = |args: &[&str]| crate::program::stdout(["--ask"].iter().chain(args));
    let help = crate::program::stdout(["--help"]);
    let commands = asked(&["commands"]);
    assert!(commands.lines().any(|name| name == "clip") && commands.lines().any(|name| name == "help"));
    for name in commands.lines() {
        assert!(help.contains(&format!("\n  {name} ")), "{name} is in the help: {help}");
        afterimage(["help", name]).assert().success();
    }
    assert_eq!(asked(&["source"]), "demo\n");
    assert_eq!(asked(&["frame"]), "45\n");
    assert_eq!(
        asked(&["source", "--layout", "gray8", "pattern:bars", "--panels", "plain"]),
        "pattern:bars\n"
    );
    let folder = Folder::new();
    let scene = folder.write("s.toml", "version = 1\nsource = \"demo\"\nframe = 7\npanels = [\"plain\"]\n");
    assert_eq!(asked(&["frame", &scene]), "7\n");
    refused(2, ["--ask", "source", "--layout", "cmyk"]);
    refused(1, ["--ask", "source", "missing.mp4"]);
}

#[test]
fn output_that_cannot_be_written_is_named_and_nothing_stays_behind() {
    let folder = Folder::new();
    folder.write("file", "");
    for name in ["no-such-folder/out.png", "file/out.png", ""] {
        let out = folder.at(name);
        for command in ["encrypt", "measure"] {
            let said = refused(1, [command, "pattern:bars", "--frame", "0", "-o", &out]);
            assert!(said.contains("folder that exists") && said.contains(&out), "{said}");
        }
    }
    let out = folder.at("file/out.png");
    assert!(refused(1, ["figure", "pattern:bars", "-o", &out]).contains(&out));
    assert_eq!(folder.names(), ["file"]);
}

#[test]
fn a_frame_past_the_end_is_told_how_many_there_are() {
    let folder = Folder::new();
    let (film, out) = (folder.film("film.mkv", 16, 16), folder.at("out.png"));
    for frame in ["10", "11", "5000000000"] {
        let said = refused(1, ["figure", &film, "--frame", frame, "-o", &out]);
        assert!(said.contains(&format!("no frame {frame}")) && said.contains("10 frames"), "{said}");
    }
    let said = refused(1, ["encrypt", "demo:still", "--frame", "1", "-o", &out]);
    assert!(said.contains("no frame 1"), "{said}");
    let said = refused(1, ["measure", &film, "--frames", "5-10", "-o", &out]);
    assert!(said.contains("10 frames"), "{said}");
    assert_eq!(folder.names(), ["film.mkv"]);
}

#[test]
fn a_time_past_the_end_is_told_where_that_is() {
    let folder = Folder::new();
    let (film, out) = (folder.film("film.mkv", 16, 16), folder.at("out.png"));
    let past = ["--at", "1.1"];
    for command in ["figure", "matrix", "encrypt", "measure", "clip"] {
        let out = folder.at(if command == "clip" { "out.mkv" } else { "out.png" });
        let said = refused(1, [command, &film, past[0], past[1], "-o", &out]);
        assert!(
            said.contains("1.1 s") && said.contains("10 frames and ends at 1.000 s"),
            "{command}: {said}"
        );
    }
    for range in [&["--from", "2"][..], &["--to", "2"], &["--from", "0.5", "--to", "01:00"]] {
        let said = refused(1, ["measure", &film].iter().chain(range).chain(&["-o", &out]));
        assert!(said.contains("ends at 1.000 s"), "{range:?}: {said}");
    }
    let said = refused(1, ["figure", "demo:still", "--at", "1", "-o", &out]);
    assert!(said.contains("1 frames"), "{said}");
    assert_eq!(folder.names(), ["film.mkv"]);
    assert!(
        stdout(["measure", &film, "--at", "1"]).contains("frame 9 at 0.900 s"),
        "the very end is its last frame"
    );
}

#[test]
fn frames_of_a_list_past_the_end_are_told() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 16, 16);
    for (frames, number) in [("3,12,5", 12), ("0-10", 10), ("10-", 10), ("0,2,8-11", 11)] {
        let said = refused(1, ["measure", &film, "--frames", frames, "-o", &folder.at("out.txt")]);
        assert!(
            said.contains(&format!("no frame {number}")) && said.contains("10 frames"),
            "{frames}: {said}"
        );
    }
    assert_eq!(folder.names(), ["film.mkv"]);
}

#[test]
fn help_is_no_error_and_teaches_the_words() {
    for args in [
        &["--help"][..],
        &["-h"],
        &["figure", "--help"],
        &["matrix", "--help"],
        &["measure", "--help"],
        &["encrypt", "--help"],
        &["help"],
        &["help", "measure"],
    ] {
        let help = afterimage(args).assert().code(0).stderr("").get_output().stdout.clone();
        let help = String::from_utf8(help).expect("text");
        assert!(help.contains("Examples:") && help.contains("SOURCE"), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
    let help = crate::program::stdout(["help", "measure"]);
    assert_eq!(help, crate::program::stdout(["measure", "--help"]));
    let numbers = crate::program::json(["measure", "pattern:bars@32x16", "--frame", "0", "--format", "json"]);
    for name in numbers["frames"][0]["panels"][0].as_object().expect("numbers").keys() {
        assert!(help.contains(&format!("\n  {name} ")), "{name} is explained: {help}");
    }
    assert!(refused(2, ["help", "meausre"]).contains("measure"));
}

/// The commands that the program has, but for `help`.
fn commands() -> Vec<String> {
    let named = stdout(["--ask", "commands"]);
    let commands: Vec<_> = named.lines().filter(|name| *name != "help").map(str::to_owned).collect();
    assert!(commands.len() > 10, "{commands:?}");
    commands
}

#[test]
fn completions_of_every_shell_hold_every_command_and_its_options() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = stdout(["completions", shell]);
        for name in commands().iter().map(String::as_str).chain(["posterize", "no-clobber"]) {
            assert!(script.contains(name), "{shell}: {name}");
        }
    }
    let said = refused(2, ["completions", "dsh"]);
    assert!(said.contains("bash") && said.contains("fish"), "{said}");
}

#[test]
fn there_is_a_manual_page_of_the_program_and_of_every_command() {
    let folder = Folder::new();
    let manual = folder.at("share/man1");
    assert!(stdout(["man", &manual]).is_empty());
    let mut pages: Vec<_> = commands().iter().map(|command| format!("afterimage-{command}.1")).collect();
    pages.push("afterimage.1".into());
    pages.sort();
    let manual = std::path::Path::new(&manual);
    let mut there: Vec<_> = std::fs::read_dir(manual)
        .expect("the folder was made")
        .map(|entry| entry.expect("it can be listed").file_name().into_string().expect("UTF-8"))
        .collect();
    there.sort();
    assert_eq!(there, pages);
    for page in pages {
        let text = std::fs::read_to_string(manual.join(&page)).expect("a page");
        let name = page.trim_end_matches(".1");
        assert!(text.contains(&format!(".TH {name} 1")), "{page} is headed with its name: {text}");
        assert!(text.contains(".SH SYNOPSIS") && text.contains(".SH OPTIONS"), "{page}");
    }
    let said = refused(1, ["man", manual.to_str().expect("UTF-8"), "--no-clobber"]);
    assert!(said.contains("exists already"), "{said}");
    let taken = folder.write("taken", "a file");
    assert!(refused(1, ["man", &taken]).contains(&taken), "no folder can be made there");
}
